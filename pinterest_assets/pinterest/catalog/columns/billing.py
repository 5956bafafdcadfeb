"""Columns of billing: invoices, how they are paid, credit, and orders of managed accounts."""

from pinterest_assets.pinterest.catalog.columns import ACCOUNT_ID, LIST_POSITION, columns
from pinterest_assets.pinterest.catalog.model import Column

BILLING_PROFILE = (
    ACCOUNT_ID,
    *columns(
        id=("VARCHAR", "Id of the billing profile"),
        advertiser_id=("VARCHAR", "Ad account that pays with it"),
        billing_type=("VARCHAR", "Card, invoice, prepaid and so on"),
        card_type=("VARCHAR", "Kind of card"),
        payment_method_brand=("VARCHAR", "Brand of the means of payment"),
        status=("VARCHAR", "Whether it can be charged"),
    ),
)

BILLING_INVOICE = columns(
    id=("VARCHAR", "Id of the invoice"),
    ad_account_id=("VARCHAR", "Ad account that is billed"),
    ad_account_name=("VARCHAR", "Name of the ad account"),
    document_type=("VARCHAR", "Invoice or credit memo"),
    status=("VARCHAR", "Open or closed"),
    currency=("VARCHAR", "Currency of the amounts, ISO 4217 code"),
    amount_billed_micro_currency=("BIGINT", "Amount billed, in millionths of the currency"),
    amount_discount_micro_currency=("BIGINT", "Discount, in millionths of the currency"),
    amount_net_micro_currency=("BIGINT", "Amount before tax, in millionths of the currency"),
    amount_tax_micro_currency=("BIGINT", "Tax, in millionths of the currency"),
    bill_to_country=("VARCHAR", "Country that is billed to"),
    billing_period_start_date=("DATE", "First day that is billed"),
    billing_period_end_date=("DATE", "Last day that is billed"),
    invoice_due_date=("DATE", "Day it is due"),
    payment_terms=("VARCHAR", "Terms of payment"),
)

ADS_CREDIT_DISCOUNT = (
    ACCOUNT_ID,
    LIST_POSITION,
    Column("title", "VARCHAR", "What the offer is called"),
    Column("active", "BOOLEAN", "Whether the offer is in use"),
    Column("advertiser_id", "VARCHAR", "Ad account the offer was applied to"),
    Column("discount_type", "VARCHAR", "Coupon, credit or offer, applied or not", "discountType"),
    Column("discount_currency", "VARCHAR", "Currency of the amounts, ISO 4217 code", "discountCurrency"),
    Column(
        "discount_in_micro_currency",
        "BIGINT",
        "Amount of the offer, in millionths of the currency",
        "discountInMicroCurrency",
    ),
    Column(
        "remaining_discount_in_micro_currency",
        "BIGINT",
        "What is left of it, in millionths of the currency",
        "remainingDiscountInMicroCurrency",
    ),
)

TERMS_OF_SERVICE = columns(
    id=("VARCHAR", "Id of the terms"),
    ad_account_id=("VARCHAR", "Ad account they are for"),
    has_accepted=("BOOLEAN", "Whether the ad account has accepted them"),
    html=("VARCHAR", "Text of the terms; not asked for"),
)

SSIO_ACCOUNT = (
    ACCOUNT_ID,
    *columns(
        currency=("VARCHAR", "Currency of orders, ISO 4217 code"),
        eligible=("BOOLEAN", "Whether orders can be made"),
        can_edit=("BOOLEAN", "Whether orders can be changed"),
        error=("VARCHAR", "What the sales system says is wrong"),
        billto_infos=("JSON", "Companies that can be billed, with their terms"),
        pmp_names=("JSON", "Marketing partners"),
    ),
)

SSIO_INSERTION_ORDER = (
    ACCOUNT_ID,
    *columns(
        pin_order_id=("VARCHAR", "Id of the insertion order in the sales system"),
        status=("VARCHAR", "How far it is"),
        creation_time=("TIMESTAMP", "When it was made"),
    ),
)

SSIO_ORDER_LINE = (
    ACCOUNT_ID,
    LIST_POSITION,
    *columns(
        salesforce_order_line_id=("VARCHAR", "Id of the order line in the sales system"),
        pin_order_id=("VARCHAR", "Insertion order of the line"),
        ads_manager_order_line_id=("VARCHAR", "Id of the order line in Ads Manager"),
        order_name=("VARCHAR", "Name of the order"),
        po_number=("VARCHAR", "Number of the purchase order"),
        bill_to_company_name=("VARCHAR", "Company that is billed"),
        pmp_name=("VARCHAR", "Marketing partner"),
        agency_link=("VARCHAR", "Link to the agency"),
        currency_info=("VARCHAR", "Currency of the amounts, ISO 4217 code"),
        budget_amount=("DOUBLE", "Budget, of lines that have one"),
        estimated_monthly_spend=("DOUBLE", "Expected spend a month, of lines without an end"),
        start_date=("DATE", "First day"),
        end_date=("DATE", "Last day"),
        accepted_terms_id=("VARCHAR", "Terms that were accepted"),
        accepted_terms_time=("TIMESTAMP", "When they were accepted"),
        last_modified_date_time=("TIMESTAMP", "When the line was last changed"),
    ),
)
