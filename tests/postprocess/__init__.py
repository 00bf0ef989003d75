"""Cleaned suggestions."""

import pytest

pytest.register_assert_rewrite("tests.postprocess.check")
