"""What the tests across addons share; the addons' own tests live in the addons."""

from concurrent.futures import Future, ThreadPoolExecutor

import pytest

RESULT = pytest.StashKey[Future]()


def pytest_addoption(parser):
    parser.addoption("--update-contracts", action="store_true", help="write security/access.csv anew")
    parser.addoption("--retake-screens", action="store_true", help="take the pictures in views/screens anew")


def pytest_configure(config):
    config.addinivalue_line("markers", "background(job): the job runs beside the other tests, in processes of its own")


def pytest_collection_finish(session):
    """Start the long jobs that need no part of this process, one after the other, beside everything else."""
    executor = ThreadPoolExecutor(max_workers=1)
    for item in session.items:
        marker = item.get_closest_marker("background")
        if marker and not session.config.option.collectonly:
            parameters = item.callspec.params if hasattr(item, "callspec") else {}
            item.stash[RESULT] = executor.submit(marker.kwargs["job"], **parameters)
    executor.shutdown(wait=False)


@pytest.fixture
def background_result(request):
    """What the test's job returned; its exception, if it raised one."""
    return request.node.stash[RESULT].result()
