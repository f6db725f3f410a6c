"""A limit on the size of forms with files."""

from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler

# Bytes of a whole form with files: twice the largest picture. A picture that is only a little too large then gets a
# sentence in the form instead of a 413.
MOST_BYTES = 10 * 1024 * 1024


class Bounded(FileUploadHandler):
    """Refuses a form that is too large before any of it is written to disk. Must be first in FILE_UPLOAD_HANDLERS.

    Django limits the size of everything but files. It treats a form without a length as empty.
    """

    def handle_raw_input(self, input_data, META, content_length, boundary, encoding=None):
        if content_length > MOST_BYTES:
            raise RequestDataTooBig(f"A form with files may have {MOST_BYTES} bytes.")

    def receive_data_chunk(self, raw_data, start):
        return raw_data

    def file_complete(self, file_size):
        """Leave the file to the next handler."""
