"""Where the calls are: at the same addresses as the service's."""

from django.urls import include, path
from rest_framework.routers import SimpleRouter

from benchmarks.django_stack.views import JobViewSet

router = SimpleRouter(use_regex_path=False)
router.register("jobs", JobViewSet)
urlpatterns = [path("api/", include(router.urls))]
