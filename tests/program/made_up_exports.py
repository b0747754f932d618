"""One made-up export per preset, of one company, big enough to train on, with the systems' real headers."""

import csv
import datetime as dt
import random

DAY = dt.timedelta(days=1)
LAST = dt.date(2025, 6, 30)
INDUSTRIES = {"Software": 0.3, "Retail": 1.1, "Agency": 2.6, "Logistics": 0.6}
COUNTRIES = {"Germany": 0.5, "Austria": 0.7, "Brazil": 1.8}


def us(day):
    return day.strftime("%m/%d/%Y")


def write(folder, name, header, rows):
    with (folder / name).open("w", encoding="utf-8", newline="") as handle:
        csv.writer(handle).writerows([header, *rows])


def write_exports(folder, accounts=600, seed=7):
    """Small firms of some industries and countries cause tickets that eat what they pay."""
    chance = random.Random(seed)
    exports = {name: [] for name in HEADERS}
    for number in range(1, accounts + 1):
        one(chance, number, exports)
    for number in range(1, 81):
        industry, country = chance.choice([*INDUSTRIES]), chance.choice([*COUNTRIES])
        exports["Lead.csv"].append(
            [f"00Q{number:012d}", "Meier", "Ute", f"Lead {number}", f"u@lead{number}.example", country, "Web",
             "Open", industry, chance.randint(5, 2000), "false", "2025-06-01T08:00:00.000Z"]
        )  # fmt: skip
    ids = [f'{{"ImportId":"{column}"}}' for column in HEADERS["qualtrics.csv"]]
    exports["qualtrics.csv"][:0] = [[f"{column}?" for column in HEADERS["qualtrics.csv"]], ids]
    exports["surveymonkey.csv"].insert(0, [""] * 9 + ["Open-Ended Response"])
    for name, rows in exports.items():
        write(folder, name, HEADERS[name], rows)
    sales = folder / "quickbooks-sales.csv"
    title = "Acme Systems Ltd\nSales by Customer Detail\nAll dates\n\n"
    sales.write_text(title + sales.read_text(encoding="utf-8"), encoding="utf-8")
    return folder


def one(chance, number, exports):
    name = f"{chance.choice(['Nord', 'Süd', 'Ost', 'West'])} Firm {number}, Inc."
    domain, account = f"firm{number}.example", f"001{number:012d}"
    industry, country = chance.choice([*INDUSTRIES]), chance.choice([*COUNTRIES])
    employees = int(10 ** chance.uniform(0.8, 3.3))
    started = dt.date(2020, 1, 1) + chance.randrange(1460) * DAY
    opened = started - chance.randint(20, 90) * DAY
    source = chance.choice(["Web", "Partner", "Fair"])
    exports["Account.csv"].append(
        [account, "false", name, "Customer", "", country, f"K{number:05d}", f"https://www.{domain}", industry,
         employees, source, f"{opened}T08:00:00.000Z", chance.randint(0, 100)]
    )  # fmt: skip
    exports["hubspot-companies.csv"].append(
        [70000 + number, name.upper() if number % 3 else f"Other {number}", f"{opened} 08:00", country, industry, domain, "Customer"]
    )  # fmt: skip
    for won in (True, False) if number % 2 else (True,):
        stage, amount = "Closed Won" if won else "Closed Lost", chance.randint(1000, 9000)
        exports["Opportunity.csv"].append(
            [f"006{number:011d}{int(won)}", account, f"Deal {number}", stage, amount, started, "true",
             str(won).lower(), f"{opened}T09:00:00.000Z"]
        )  # fmt: skip
        exports["opportunity-report.csv"].append(
            ["Mo Sales", name, f"Deal {number}", stage, f"{amount:,.2f}", us(started), us(opened)]
        )
        exports["hubspot-deals.csv"].append(
            [80000 + number, f"Deal {number}", stage, "Sales", amount, f"{started} 10:00", f"{opened} 10:00", 70000 + number]
        )  # fmt: skip
    # What no fact tells: without it the outcome is certain, and thousands of trees are grown for it.
    own = chance.lognormvariate(0, 0.9)
    monthly = 40 + employees**0.5 * 8 * chance.uniform(0.7, 1.3)
    for month in range(14):
        day = started + month * 30 * DAY
        if day > LAST:
            break
        net, tax = round(monthly, 2), round(monthly * 0.19, 2)
        line = f"in_{number:05d}{month:02d}"
        exports["stripe-invoices.csv"].append(
            [line, f"cus_{number:06d}", name, f"billing@{domain}", "sub_1", f"{number}-{month}", "paid", "eur",
             f"{net + tax:.2f}", f"{net + tax:.2f}", f"{net:.2f}", f"{tax:.2f}", f"{net + tax:.2f}",
             f"{day} 09:30", f"{day + 14 * DAY} 09:30", f"{day + 9 * DAY} 09:30"]
        )  # fmt: skip
        # Tickets: the smaller, and the more of the costly industries and countries, the more.
        load = (
            2.4 * own * INDUSTRIES[industry] * COUNTRIES[country] * (1.4 if employees < 60 else 0.8)
        )
        for ticket in range(sum(chance.random() < load / 6 for _ in range(6))):
            exports["zendesk-export_2025_07_01.csv"].append(
                [int(f"{number}{month:02d}{ticket}"), "Ute Meier", f"ute@{domain}", domain, "Sam", "Support", "It stopped",
                 "Closed", "High", "Mail", chance.choice(["Question", "Problem", "Incident"]),
                 f"{day + ticket * DAY} 10:15", name, "Good"]
            )  # fmt: skip
    exports["quickbooks-sales.csv"] += [
        [name, "", "", "", "", "", "", "", "", ""],
        ["", us(started + 5 * DAY), "Invoice", 1000 + number, "Set-up", "", 1, "300.00", "300.00", "300.00"],
        ["", us(started + 40 * DAY), "Credit Memo", f"C{number}", "Set-up", "", 1, "(20.00)", "(20.00)", "280.00"],
        [f"Total for {name}", "", "", "", "", "", "", "", "$280.00", ""],
    ]  # fmt: skip
    exports["netsuite-invoices.csv"].append(
        [50000 + number, f"INV{number}", "Invoice", us(started + 10 * DAY), name, "EUR", "1,150.00", "1,150.00", "0.00",
         us(started + 40 * DAY), "550.00"]
    )  # fmt: skip
    score = max(
        0, min(10, round(chance.gauss(10 - 2 * INDUSTRIES[industry] * COUNTRIES[country], 3)))
    )
    answered = started + chance.randint(60, 300) * DAY
    if answered > LAST:
        return
    exports["qualtrics.csv"].append(
        [f"{answered} 10:00:00", f"{answered} 10:02:00", "IP Address", 100, 120, "True", f"{answered} 10:02:01",
         f"R_{number:05d}", "Meier", "Ute", f"ute@{domain}", f"K{number:05d}", "email", "DE", "Group", score]
    )  # fmt: skip
    exports["surveymonkey.csv"].append(
        [11400000000 + number, 431, f"{us(answered)} 10:00:00 AM", f"{us(answered)} 10:02:00 AM", f"ute@{domain}", "Ute",
         "Meier", f"K{number:05d}", score, "fine"]
    )  # fmt: skip
    seconds = int(
        dt.datetime(answered.year, answered.month, answered.day, 12, tzinfo=dt.UTC).timestamp()
    )
    exports["delighted.csv"].append(
        [
            5000 + number,
            40 + number,
            "nps",
            score,
            "",
            "https://x.example",
            seconds,
            f"ute@{domain}",
        ]
    )


HEADERS = {
    "Account.csv": ["Id", "IsDeleted", "Name", "Type", "ParentId", "BillingCountry", "AccountNumber", "Website", "Industry", "NumberOfEmployees", "AccountSource", "CreatedDate", "Health_Score__c"],
    "Opportunity.csv": ["Id", "AccountId", "Name", "StageName", "Amount", "CloseDate", "IsClosed", "IsWon", "CreatedDate"],
    "Lead.csv": ["Id", "LastName", "FirstName", "Company", "Email", "Country", "LeadSource", "Status", "Industry", "NumberOfEmployees", "IsConverted", "CreatedDate"],
    "opportunity-report.csv": ["Opportunity Owner", "Account Name", "Opportunity Name", "Stage", "Amount", "Close Date", "Created Date"],
    "hubspot-companies.csv": ["Record ID", "Company name", "Create Date", "Country/Region", "Industry", "Company Domain Name", "Lifecycle Stage"],
    "hubspot-deals.csv": ["Record ID", "Deal Name", "Deal Stage", "Pipeline", "Amount", "Close Date", "Create Date", "Associated Company IDs"],
    "zendesk-export_2025_07_01.csv": ["Id", "Requester", "Requester email", "Requester domain", "Assignee", "Group", "Subject", "Status", "Priority", "Via", "Ticket type", "Created at", "Organization", "Satisfaction Score"],
    "stripe-invoices.csv": ["id", "Customer", "Customer Name", "Customer Email", "Subscription", "Number", "Status", "Currency", "Amount Due", "Amount Paid", "Subtotal", "Tax", "Total", "Date (UTC)", "Due Date (UTC)", "Paid At (UTC)"],
    "quickbooks-sales.csv": ["", "Date", "Transaction Type", "Num", "Product/Service full name", "Memo/Description", "Quantity", "Sales Price", "Amount", "Balance"],
    "netsuite-invoices.csv": ["Internal ID", "Document Number", "Type", "Date", "Name", "Currency", "Amount", "Amount Paid", "Amount Remaining", "Due Date", "Est. Gross Profit"],
    "qualtrics.csv": ["StartDate", "EndDate", "Status", "Progress", "Duration (in seconds)", "Finished", "RecordedDate", "ResponseId", "RecipientLastName", "RecipientFirstName", "RecipientEmail", "ExternalReference", "DistributionChannel", "UserLanguage", "Q1_NPS_GROUP", "Q1"],
    "surveymonkey.csv": ["Respondent ID", "Collector ID", "Start Date", "End Date", "Email Address", "First Name", "Last Name", "Custom Data 1", "How likely is it that you would recommend us,\nto a friend?", "What should we do better?"],
    "delighted.csv": ["id", "person", "survey_type", "score", "comment", "permalink", "created_at", "Email"],
}  # fmt: skip
