from . import test_text_search
