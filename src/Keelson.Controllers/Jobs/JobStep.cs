using Keelson.Api.Batch.V1;
using Keelson.Api.Core.V1;
using Keelson.Controllers.Pods;
using Keelson.Machinery.Values;

namespace Keelson.Controllers.Jobs;

/// <summary>
/// One look at a job that runs: count what has ended, see whether the job has, and otherwise keep as many pods going as
/// it asks for. Rules, reasons and texts are upstream's (job_controller.go).
/// </summary>
internal sealed class JobStep
{
    private const int LargestBurst = 500;
    private static readonly TimeSpan FirstBackoff = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestBackoff = TimeSpan.FromMinutes(10);

    private readonly Job _job;
    private readonly IReadOnlyList<Pod> _pods;
    private readonly Time _now;
    private readonly JobCount _count;
    private readonly List<Pod> _active;
    private readonly int _terminating;
    private readonly List<JobEvent> _events = [];
    private readonly List<Pod> _delete = [];
    private readonly List<Pod> _withdraw = [];
    private readonly List<Pod> _create = [];
    private TimeSpan? _check;
    private ApiList<JobCondition> _conditions;
    private Time? _started;

    public JobStep(Job job, IReadOnlyList<Pod> pods, Time now)
    {
        _job = job;
        _pods = pods;
        _now = now;
        _count = new JobCount(job, pods);
        _active = [.. pods.Where(PodFacts.IsActive)];
        _terminating = pods.Count(PodFacts.IsTerminating);
        _conditions = job.Status.Conditions;
        _started = job.Status.StartTime;
    }

    private bool IsIndexed => JobPods.IsIndexed(_job);

    private int Completions => _job.Spec.Completions ?? 1;

    private bool IsSuspended => _job.Spec.Suspend == true;

    /// <summary>Decides.</summary>
    public JobPlan Run()
    {
        if (_started is null && !IsSuspended)
        {
            _started = _now;
        }

        if (Find(JobConditionType.FailureTarget) is null && Find(JobConditionType.SuccessCriteriaMet) is null)
        {
            Judge();
        }

        Time? completed = null;
        if (Find(JobConditionType.FailureTarget) is { } failure)
        {
            End(JobConditionType.Failed, failure);
        }
        else if (Find(JobConditionType.SuccessCriteriaMet) is { } success)
        {
            completed = End(JobConditionType.Complete, success) ? _now : null;
        }
        else if (IsSuspended)
        {
            Suspend();
        }
        else
        {
            Resume();
            Manage();
        }

        return new JobPlan
        {
            Status = Status(completed),
            Create = _create,
            Delete = _delete,
            Withdraw = _withdraw,
            Release = _count.Counted,
            Events = _events,
            CheckAfter = _check,
        };
    }

    private JobCondition? Find(string type)
    {
        foreach (JobCondition one in _conditions)
        {
            if (one.Type == type && one.Status == "True")
            {
                return one;
            }
        }

        return null;
    }

    private void Set(string type, string status, string reason, string message) =>
        _conditions = _conditions.Where(one => one.Type != type).ToApiList().Add(new JobCondition
        {
            Type = type,
            Status = status,
            LastProbeTime = _now,
            LastTransitionTime = _now,
            Reason = reason,
            Message = message,
        });

    /// <summary>Whether the job is to end, and how.</summary>
    private void Judge()
    {
        if (_count.FailJobMessage.Length > 0)
        {
            Set(JobConditionType.FailureTarget, "True", "PodFailurePolicy", _count.FailJobMessage);
        }
        else if (MatchedSuccessRule() is { } rule)
        {
            Set(JobConditionType.SuccessCriteriaMet, "True", "SuccessPolicy", $"Matched rules at index {rule}");
        }
        else if (_count.Failed > (_job.Spec.BackoffLimit ?? 6) || HasRestartedTooOften())
        {
            Set(
                JobConditionType.FailureTarget,
                "True",
                "BackoffLimitExceeded",
                "Job has reached the specified backoff limit");
        }
        else if (IsPastDeadline())
        {
            Set(
                JobConditionType.FailureTarget,
                "True",
                "DeadlineExceeded",
                "Job was active longer than specified deadline");
        }
        else if (IsIndexed && _job.Spec.BackoffLimitPerIndex is not null && IndexFailure() is { } failure)
        {
            Set(JobConditionType.FailureTarget, "True", failure.Reason, failure.Message);
        }
        else if (HasSucceeded())
        {
            Set(
                JobConditionType.SuccessCriteriaMet, "True", "CompletionsReached", "Reached expected number of succeeded pods");
        }
    }

    private bool HasSucceeded() => _job.Spec.Completions is null
        ? _count.Succeeded > 0 && _active.Count == 0
        : _count.Succeeded >= Completions;

    private int? MatchedSuccessRule()
    {
        if (!IsIndexed || _job.Spec.SuccessPolicy is not { } policy)
        {
            return null;
        }

        for (int i = 0; i < policy.Rules.Count; i++)
        {
            SuccessPolicyRule rule = policy.Rules[i];
            int matched = rule.SucceededIndexes is { } text
                ? IndexSet.Parse(text, Completions).Count(_count.CompletedIndexes.Contains)
                : _count.CompletedIndexes.Count;
            int needed = rule.SucceededCount ?? IndexSet.Parse(rule.SucceededIndexes, Completions).Count;
            if (needed > 0 && matched >= needed)
            {
                return i;
            }
        }

        return null;
    }

    /// <summary>Where containers restart in place, their restarts count.</summary>
    private bool HasRestartedTooOften()
    {
        if (_job.Spec.Template.Spec.RestartPolicy != "OnFailure")
        {
            return false;
        }

        int restarts = 0;
        foreach (Pod pod in _pods.Where(static one => one.Status.Phase is PodPhase.Running or PodPhase.Pending))
        {
            foreach (ContainerStatus one in pod.Status.ContainerStatuses.Concat(pod.Status.InitContainerStatuses))
            {
                restarts += one.RestartCount;
            }
        }

        int limit = _job.Spec.BackoffLimit ?? 6;
        return limit == 0 ? restarts > 0 : restarts >= limit;
    }

    private bool IsPastDeadline()
    {
        if (_job.Spec.ActiveDeadlineSeconds is not { } seconds || _started is not { } started || IsSuspended)
        {
            return false;
        }

        TimeSpan left = started.Instant.AddSeconds(seconds) - _now.Instant;
        Check(left);
        return left <= TimeSpan.Zero;
    }

    private (string Reason, string Message)? IndexFailure()
    {
        int failed = _count.FailedIndexes.Count;
        if (failed > (_job.Spec.MaxFailedIndexes ?? int.MaxValue))
        {
            return ("MaxFailedIndexesExceeded", "Job has exceeded the specified maximal number of failed indexes");
        }

        return failed > 0 && failed + _count.Succeeded >= Completions
            ? ("FailedIndexes", "Job has failed indexes")
            : null;
    }

    /// <summary>Removes what still runs, and when nothing does and all is counted, the job has ended.</summary>
    private bool End(string type, JobCondition why)
    {
        if (_active.Count > 0 && type == JobConditionType.Complete && why.Reason == "CompletionsReached")
        {
            _events.Add(
                new("Warning", "TooManyActivePods", "Too many active pods running after completion count reached"));
        }

        _delete.AddRange(_active);
        if (_active.Count > 0 || _terminating > 0 || !_count.IsSettled)
        {
            return false;
        }

        Set(type, "True", why.Reason, why.Message);
        _events.Add(type == JobConditionType.Complete
            ? new("Normal", "Completed", "Job completed")
            : new("Warning", why.Reason, why.Message));
        return true;
    }

    private void Suspend()
    {
        _withdraw.AddRange(_active);
        if (Find(JobConditionType.Suspended) is null)
        {
            Set(JobConditionType.Suspended, "True", "JobSuspended", "Job suspended");
            _events.Add(new("Normal", "Suspended", "Job suspended"));
        }

        _started = null;
    }

    private void Resume()
    {
        if (Find(JobConditionType.Suspended) is not null)
        {
            Set(JobConditionType.Suspended, "False", "JobResumed", "Job resumed");
            _events.Add(new("Normal", "Resumed", "Job resumed"));
        }
    }

    private void Manage()
    {
        int parallelism = _job.Spec.Parallelism ?? 1;
        int counted = _active.Count + (JobPods.ReplacesOnlyFailed(_job) ? _terminating : 0);
        int wanted = _job.Spec.Completions is null
            ? _count.Succeeded > 0 ? _active.Count : parallelism
            : Math.Min(parallelism, Math.Max(0, Completions - _count.Succeeded - _count.FailedIndexes.Count));
        HashSet<Pod> surplus = [.. SurplusIndexes()];
        int tooMany = _active.Count - surplus.Count - Math.Min(wanted, parallelism);
        if (tooMany > 0)
        {
            surplus.UnionWith(
                _active.Where(one => !surplus.Contains(one)).Order(new PodRanking(_active, _now)).Take(tooMany));
        }

        _withdraw.AddRange(surplus);
        int missing = Math.Min(wanted - counted + surplus.Count, LargestBurst);
        if (surplus.Count > 0 || missing <= 0)
        {
            return;
        }

        if (IsIndexed)
        {
            CreateIndexes(missing);
            return;
        }

        if (BackoffLeft(_pods) is { } left)
        {
            Check(left);
            return;
        }

        Pod pod = JobPods.PodOf(_job, null, null);
        _create.AddRange(Enumerable.Repeat(pod, missing));
    }

    /// <summary>Pods of indexes that are done, beyond the end, or there twice.</summary>
    private IEnumerable<Pod> SurplusIndexes()
    {
        if (!IsIndexed)
        {
            yield break;
        }

        HashSet<int> seen = [];
        foreach (Pod pod in _active.OrderBy(static one => one.Metadata.CreationTimestamp))
        {
            int? index = JobPods.IndexOf(pod);
            bool isWanted = index is { } number && number < Completions && !_count.CompletedIndexes.Contains(number)
                && !_count.FailedIndexes.Contains(number) && seen.Add(number);
            if (!isWanted)
            {
                yield return pod;
            }
        }
    }

    private void CreateIndexes(int missing)
    {
        HashSet<int> taken = [.. _active.Select(JobPods.IndexOf).OfType<int>()];
        if (JobPods.ReplacesOnlyFailed(_job))
        {
            taken.UnionWith(_pods.Where(PodFacts.IsTerminating).Select(JobPods.IndexOf).OfType<int>());
        }

        bool perIndex = _job.Spec.BackoffLimitPerIndex is not null;
        TimeSpan? wholeJob = perIndex ? null : BackoffLeft(_pods);
        if (wholeJob is { } wait)
        {
            Check(wait);
            return;
        }

        ILookup<int?, Pod> byIndex = _pods.ToLookup(JobPods.IndexOf);
        for (int index = 0; index < Completions && _create.Count < missing; index++)
        {
            if (taken.Contains(index)
                || _count.CompletedIndexes.Contains(index)
                || _count.FailedIndexes.Contains(index))
            {
                continue;
            }

            if (perIndex && BackoffLeft([.. byIndex[index]]) is { } left)
            {
                Check(left);
                continue;
            }

            _create.Add(JobPods.PodOf(_job, index, perIndex ? _count.FailuresOf(index) : null));
        }
    }

    /// <summary>How long to wait after the failures since the last success; null for not at all.</summary>
    private TimeSpan? BackoffLeft(IReadOnlyList<Pod> pods)
    {
        Time success = pods.Where(static one => one.Status.Phase == PodPhase.Succeeded)
            .Select(JobPods.EndOf)
            .DefaultIfEmpty()
            .Max();
        Time[] failures =
        [
            .. pods.Where(one => one.Status.Phase == PodPhase.Failed).Select(JobPods.EndOf).Where(
                end => end.CompareTo(success) > 0),
        ];
        if (failures.Length == 0)
        {
            return null;
        }

        TimeSpan delay = FirstBackoff * Math.Pow(2, Math.Min(failures.Length - 1, 10));
        delay = delay < LongestBackoff ? delay : LongestBackoff;
        TimeSpan left = failures.Max().Instant + delay - _now.Instant;
        return left > TimeSpan.Zero ? left : null;
    }

    private void Check(TimeSpan after) =>
        _check = after > TimeSpan.Zero && (_check is null || after < _check) ? after : _check;

    private JobStatus Status(Time? completed) => _job.Status with
    {
        Conditions = _conditions,
        StartTime = _started,
        CompletionTime = completed ?? _job.Status.CompletionTime,
        Active = _active.Count,
        Ready = _active.Count(PodFacts.IsReady),
        Terminating = _terminating,
        Succeeded = _count.SettledSucceeded,
        Failed = _count.SettledFailed,
        CompletedIndexes = IsIndexed ? IndexSet.Format(_count.CompletedIndexes) : "",
        FailedIndexes = IsIndexed && _job.Spec.BackoffLimitPerIndex is not null
            ? IndexSet.Format(_count.FailedIndexes)
            : null,
        UncountedTerminatedPods = _count.Uncounted,
    };
}
