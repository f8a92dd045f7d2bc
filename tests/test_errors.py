"""The kinds of problem that JSON output and reports name stay as scripts know them, whatever the classes are called."""

from health import errors


def test_every_error_has_the_code_that_scripts_know() -> None:
    kinds = {k for k in vars(errors).values() if isinstance(k, type) and issubclass(k, errors.HealthError) and k is not errors.HealthError}
    assert all("code" in vars(kind) for kind in kinds)
    assert {kind.code for kind in kinds} == {"Refused", "Ask", "Duplicate", "NotFound", "Forbidden", "TooLittle", "Storage", "Held"}
    assert len(kinds) == 8
