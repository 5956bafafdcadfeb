"""Columns of business access: who works for a business, with whom it shares, and what may be done with what."""

from pinterest_assets.pinterest.catalog.columns import LIST_POSITION, columns
from pinterest_assets.pinterest.catalog.model import Column

BUSINESS_ID = Column("business_id", "VARCHAR", "Business the row was read through")

_BINDING = columns(
    user=("JSON", "User account: id and username"),
    business_roles=("JSON", "Roles in the business: employee, administrator or partner"),
    is_shared_partner=("BOOLEAN", "Whether the partner shares its assets, rather than gets yours"),
    assets_summary=("JSON", "Ad accounts and profiles that may be used, with the permissions on each"),
    created_by_user=("JSON", "User who set it up"),
    created_by_business=("JSON", "Business that set it up"),
    created_time=("TIMESTAMP", "When it was set up"),
)

BUSINESS = (Column("id", "VARCHAR", "Id of the business that employs the token's user"), *_BINDING)
BUSINESS_MEMBER = (BUSINESS_ID, Column("id", "VARCHAR", "Id of the member"), *_BINDING)
BUSINESS_PARTNER = (
    BUSINESS_ID,
    Column("id", "VARCHAR", "Id of the partner"),
    Column("partner_type", "VARCHAR", "Internal: gets access to your assets; external: gives it to theirs"),
    *_BINDING,
)

BUSINESS_INVITE = (
    BUSINESS_ID,
    *columns(
        id=("VARCHAR", "Id of the invite or request"),
        invite_data=("JSON", "Kind, status and times of the invite"),
        is_received_invite=("BOOLEAN", "Whether the business received it, rather than sent it"),
        user=("JSON", "User account or business that is invited"),
        assets_summary=("JSON", "Ad accounts and profiles that access is offered to"),
        business_roles=("JSON", "Roles that are offered"),
        created_by_user=("JSON", "User who invited"),
        created_by_business=("JSON", "Business that invited"),
        created_time=("TIMESTAMP", "When the invite was made"),
    ),
)

BUSINESS_ASSET = (
    BUSINESS_ID,
    *columns(
        asset_id=("VARCHAR", "Id of the asset"),
        asset_type=("VARCHAR", "Ad account, profile, asset group or catalog"),
        asset_group_info=("JSON", "Name and members of an asset group"),
        catalog_info=("JSON", "Name and kind of a catalog"),
    ),
)

_ASSET_ID = Column("asset_id", "VARCHAR", "Asset that may be used")
_SHARE = columns(
    permissions=("JSON", "What may be done with the asset"),
    user=("JSON", "User account that may: id and username"),
)
_USER_ID = Column("user_id", "VARCHAR", "User account that may use the asset", "user/id")

BUSINESS_ASSET_USER = (BUSINESS_ID, _ASSET_ID, LIST_POSITION, _USER_ID, *_SHARE)

BUSINESS_AUDIENCE = (
    BUSINESS_ID,
    Column("id", "VARCHAR", "Id of the audience"),
    Column("owner_ad_account_id", "VARCHAR", "Ad account that owns the audience", source="ad_account_id"),
    *columns(
        name=("VARCHAR", "Name of the audience"),
        description=("VARCHAR", "Text that describes the audience"),
        audience_type=("VARCHAR", "What the audience is made from"),
        rule=("JSON", "Rule that puts people into it"),
        size=("BIGINT", "Estimated number of people"),
        status=("VARCHAR", "Whether it is ready, still being made or too small"),
        created_by_company_name=("VARCHAR", "Company that made it"),
        type=("VARCHAR", "Kind of object, always audience"),
        created_timestamp=("TIMESTAMP", "When the audience was made"),
        updated_timestamp=("TIMESTAMP", "When the audience was last changed"),
    ),
)

SHARED_ACCOUNT = columns(
    audience_id=("VARCHAR", "Audience that is shared"),
    account_type=("VARCHAR", "Ad account or business"),
    account_id=("VARCHAR", "Ad account or business that may use it"),
    account_name=("VARCHAR", "Its name"),
    shared_on_timestamp=("TIMESTAMP", "Since when it is shared"),
)
BUSINESS_AUDIENCE_SHARED_ACCOUNT = (BUSINESS_ID, *SHARED_ACCOUNT)

INTEGRATION = columns(
    id=("VARCHAR", "Id of the integration"),
    external_business_id=("VARCHAR", "Id of the business at the partner"),
    connected_advertiser_id=("VARCHAR", "Ad account that is connected"),
    connected_lba_id=("VARCHAR", "Linked business account that is connected"),
    connected_merchant_id=("VARCHAR", "Merchant that is connected"),
    connected_tag_id=("VARCHAR", "Conversion tag that is connected"),
    connected_user_id=("VARCHAR", "User account that is connected"),
    additional_id_1=("VARCHAR", "Further id, the partner's own"),
    partner_metadata=("VARCHAR", "What the partner keeps with it"),
    scopes=("VARCHAR", "What the partner may do"),
    partner_access_token_expiry=("TIMESTAMP", "Until when the partner's access lasts"),
    partner_refresh_token_expiry=("TIMESTAMP", "Until when the partner can renew it"),
    created_time=("TIMESTAMP", "When it was set up"),
    updated_time=("TIMESTAMP", "When it was last changed"),
)
