from ipaddress import ip_network

from django import forms
from django.core.exceptions import ValidationError
from django.db import models


def _plain(network):
    """The IPv4 network for an IPv4-mapped one such as ::ffff:203.0.113.0/120. Client addresses are plain IPv4, too."""
    mapped = getattr(network.network_address, "ipv4_mapped", None)
    if mapped is None or network.prefixlen < 96:
        return network
    return ip_network((mapped, network.prefixlen - 96))


class NetworkField(models.Field):
    """A network in CIDR notation, IPv4 or IPv6; a single address is a network too. The column type is `cidr`."""

    description = "Network"

    def db_type(self, connection):
        return "cidr"

    def from_db_value(self, value, expression, connection):
        return None if value is None else ip_network(value)

    def to_python(self, value):
        if value in (None, ""):
            return None
        try:
            return _plain(ip_network(str(value).strip(), strict=False))
        except ValueError:
            raise ValidationError(
                "Please enter an address or a network, for example 198.51.100.7, 198.51.100.0/24 or 2001:db8::/32."
            ) from None

    def get_prep_value(self, value):
        value = self.to_python(super().get_prep_value(value))
        return None if value is None else str(value)

    def formfield(self, **kwargs):
        return super().formfield(**{"form_class": forms.CharField, "empty_value": None} | kwargs)


@NetworkField.register_lookup
class Covers(models.Lookup):
    """`network__covers=address`: the network contains the address or smaller network. Uses the index."""

    lookup_name = "covers"

    def get_prep_lookup(self):
        return str(self.rhs)

    def as_sql(self, compiler, connection):
        column, parameters = self.process_lhs(compiler, connection)
        return f"{column} >>= %s::inet", [*parameters, self.rhs]
