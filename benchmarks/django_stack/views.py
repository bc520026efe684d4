"""The calls, as a viewset."""

from typing import Any

from django.db import transaction
from django.db.models import Count, QuerySet
from django.shortcuts import get_object_or_404
from rest_framework import mixins
from rest_framework.decorators import action
from rest_framework.filters import BaseFilterBackend, OrderingFilter
from rest_framework.pagination import CursorPagination, LimitOffsetPagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from benchmarks.django_stack.models import Job, Status
from benchmarks.django_stack.serializers import JobDetailsSerializer, JobSerializer, JobStatusSerializer


class CountedPages(CursorPagination):
    """Cursors, with the exact count that the contract wants: asked as the framework's other paginators ask it."""

    ordering = "-created_at"

    def paginate_queryset(self, queryset: QuerySet[Job], request: Request, view: Any = None) -> Any:
        self.count = queryset.count()
        return super().paginate_queryset(queryset, request, view)

    def get_paginated_response(self, data: Any) -> Response:
        links = {"next": self.get_next_link(), "previous": self.get_previous_link()}
        return Response({"count": self.count, **links, "results": data})


class Sorting(OrderingFilter):
    ordering_param = "sort"


class ByStatus(BaseFilterBackend):
    def filter_queryset(self, request: Request, queryset: QuerySet[Job], view: Any) -> QuerySet[Job]:  # noqa: ARG002
        statuses = request.query_params.getlist("status")
        return queryset.filter(current_status_type__in=statuses) if statuses else queryset


class JobViewSet(mixins.CreateModelMixin, mixins.ListModelMixin, mixins.RetrieveModelMixin, GenericViewSet):
    queryset = Job.objects.all()
    lookup_value_converter = "uuid"
    pagination_class = CountedPages
    filter_backends = (ByStatus, Sorting)
    ordering_fields = ("name", "created_at")

    def get_serializer_class(self) -> type[JobSerializer]:
        return JobDetailsSerializer if self.action == "retrieve" else JobSerializer

    @transaction.atomic
    def partial_update(self, request: Request, pk: Any = None) -> Response:
        job = get_object_or_404(Job.objects.select_for_update(), pk=pk)
        serializer = JobStatusSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        entry = serializer.save(job=job)
        if job.current_status_type != entry.status_type:
            job.current_status_type, job.current_status_timestamp = entry.status_type, entry.timestamp
        job.message = entry.message
        job.save(update_fields=["current_status_type", "current_status_timestamp", "message", "updated_at"])
        return Response(serializer.data)

    # By offset, as the contract has it for a history.
    @action(detail=True, pagination_class=LimitOffsetPagination)
    def statuses(self, request: Request, pk: Any = None) -> Response:  # noqa: ARG002
        page = self.paginate_queryset(self.get_object().statuses.all())
        return self.get_paginated_response(JobStatusSerializer(page, many=True).data)

    @action(detail=False)
    def counts(self, request: Request) -> Response:  # noqa: ARG002
        found = Job.objects.values_list("current_status_type").annotate(number=Count("*"))
        counts = dict.fromkeys(Status.values, 0) | dict(found)
        return Response({"counts": counts, "total": sum(counts.values())})
