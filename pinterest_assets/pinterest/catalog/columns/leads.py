"""Columns of lead forms and of who is told about leads. Leads themselves are people's data and not kept."""

from pinterest_assets.pinterest.catalog.columns import columns

LEAD_FORM = columns(
    id=("VARCHAR", "Id of the lead form"),
    ad_account_id=("VARCHAR", "Ad account of the form"),
    name=("VARCHAR", "Name of the form"),
    status=("VARCHAR", "Draft or active"),
    questions=("JSON", "Questions on the form"),
    completion_message=("VARCHAR", "What people see when they are done"),
    disclosure_language=("VARCHAR", "Text that the advertiser adds"),
    policy_links=("JSON", "Further links shown on the form"),
    privacy_policy_link=("VARCHAR", "Link to the privacy policy"),
    has_accepted_terms=("BOOLEAN", "Whether the terms of lead ads are accepted"),
    created_time=("TIMESTAMP", "When the form was made"),
    updated_time=("TIMESTAMP", "When the form was last changed"),
)

LEAD_SUBSCRIPTION = columns(
    id=("VARCHAR", "Id of the subscription"),
    ad_account_id=("VARCHAR", "Ad account whose leads are sent"),
    lead_form_id=("VARCHAR", "Lead form, when only its leads are sent"),
    user_account_id=("VARCHAR", "User account that subscribed"),
    webhook_url=("VARCHAR", "Where leads are sent"),
    api_version=("VARCHAR", "Version of the API"),
    cryptographic_algorithm=("VARCHAR", "How leads are encrypted; the key is not kept"),
    created_time=("TIMESTAMP", "When it was made"),
)
