"""What goes over the wire: the fields of the contract that a current-state model has."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from rest_framework import serializers

from benchmarks.django_stack.models import Job, JobStatus, Status

HISTORY = 100
"""How many entries of its history come with a job."""


class JobStatusSerializer(serializers.ModelSerializer):
    class Meta:
        model = JobStatus
        fields = ("id", "status_type", "timestamp", "message")


class JobSerializer(serializers.ModelSerializer):
    class Meta:
        model = Job
        fields: tuple[str, ...] = (
            "id",
            "name",
            "current_status_type",
            "current_status_timestamp",
            "created_at",
            "updated_at",
            "message",
            "labels",
        )
        read_only_fields = ("current_status_type", "current_status_timestamp", "message")

    @transaction.atomic
    def create(self, validated_data: dict[str, Any]) -> Job:
        job = Job.objects.create(current_status_timestamp=timezone.now(), **validated_data)
        JobStatus.objects.create(job=job, status_type=Status.PENDING)
        return job


class JobDetailsSerializer(JobSerializer):
    statuses = serializers.SerializerMethodField()

    class Meta(JobSerializer.Meta):
        fields = (*JobSerializer.Meta.fields, "statuses")

    def get_statuses(self, job: Job) -> Any:
        return JobStatusSerializer(job.statuses.all()[:HISTORY], many=True).data
