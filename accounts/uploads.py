from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler

# Bytes of a whole form with files: twice the largest picture, so that one only a little too large still
# gets its sentence in the form instead of a bare 413.
MOST_BYTES = 10 * 1024 * 1024


class Bounded(FileUploadHandler):
    """First in FILE_UPLOAD_HANDLERS: refuses a form before a byte of it is written to the disk.

    Django limits the size of everything but files. A form without a length is empty to Django.
    """

    def handle_raw_input(self, input_data, META, content_length, boundary, encoding=None):
        if content_length > MOST_BYTES:
            raise RequestDataTooBig(f"A form with files may have {MOST_BYTES} bytes.")

    def receive_data_chunk(self, raw_data, start):
        return raw_data

    def file_complete(self, file_size):
        """The next handler makes the file."""
