"""Leaves out of the collection what only runs where the descriptions are that the facts were made from."""

from pinterest_assets_tests.contract.distill import sources_at_hand

collect_ignore = [] if sources_at_hand() else ["test_facts_are_the_descriptions.py"]
