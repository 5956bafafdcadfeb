"""Which names of fields are of a person, and that no column of the catalog is one by accident."""

import pytest

from pinterest_assets.pinterest.catalog import STREAMS
from pinterest_assets.pinterest.catalog.personal import WANTED, personal
from pinterest_assets.pinterest.catalog.report_columns import REPORT_COLUMNS


@pytest.mark.parametrize(
    ("kind", "fields"),
    {
        "e-mail": "email EMAIL e_mail contact_email emailAddress primaryEmail hashed_email user-email email_addresses",
        "phone": "phone phone_number phoneNumber mobile_phone telephone telephone_number MSISDN fax contact.phone",
        "address": "address addresses address_line_1 homeAddress street_name zip_code postalCode postcode ip_address",
        "name": "first_name lastName full_name FullName given_name family_name surname contact_firstname contact_person",
        "birth": "birth_date birthdate dateOfBirth date_of_birth dob birthday birth_year",
    }.items(),
)
def test_fields_of_a_person_are_known_however_they_are_spelled(kind: str, fields: str) -> None:
    assert {field: personal(field) for field in fields.split()} == dict.fromkeys(fields.split(), kind)


@pytest.mark.parametrize(
    "field",
    [
        "name",
        "username",
        "id",
        "owner",
        "campaign_name",
        "display_name",
        "business_name",
        "file_name",
        "iphone_clicks",
        "headphones",
        "address_id",
        "mailing_count",
        "female",
        "gender_distribution",
        "country",
        "zipped_size",
        "streets_of_gold",
        "rebirth",
        "firstly",
    ],
)
def test_names_of_things_and_handles_are_no_persons(field: str) -> None:
    assert personal(field) is None


def test_every_column_that_matches_is_wanted_with_a_reason_and_nothing_else_is() -> None:
    sources = {column.source for stream in STREAMS.values() for column in stream.columns}
    holding = {"attributes", "billto_infos", "quality_components"}  # what matches stands within them
    assert {source for source in sources if personal(source)} == set(WANTED) - holding
    assert set(WANTED) <= sources
    assert not [name for name in REPORT_COLUMNS if personal(name)]
