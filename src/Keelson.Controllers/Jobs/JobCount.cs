using Keelson.Api.Batch.V1;
using Keelson.Api.Core.V1;
using Keelson.Machinery.Values;

namespace Keelson.Controllers.Jobs;

/// <summary>
/// Counts the pods that have ended, each once: first the status notes its uid, then its finalizer goes, then the uid
/// becomes a number. Wherever this is interrupted, it can go on.
/// </summary>
internal sealed class JobCount
{
    private readonly Dictionary<int, int> _failuresByIndex = [];

    public JobCount(Job job, IReadOnlyList<Pod> pods)
    {
        int limit = job.Spec.Completions ?? int.MaxValue;
        bool isIndexed = JobPods.IsIndexed(job);
        CompletedIndexes = isIndexed ? IndexSet.Parse(job.Status.CompletedIndexes, limit) : [];
        FailedIndexes = isIndexed ? IndexSet.Parse(job.Status.FailedIndexes, limit) : [];
        HashSet<string> tracked = [.. pods.Where(JobPods.IsTracked).Select(static one => one.Metadata.Uid)];
        UncountedTerminatedPods noted = job.Status.UncountedTerminatedPods ?? UncountedTerminatedPods.Empty;
        List<string> succeeded = [.. noted.Succeeded.Where(tracked.Contains)];
        List<string> failed = [.. noted.Failed.Where(tracked.Contains)];
        SettledFailed = job.Status.Failed + noted.Failed.Count - failed.Count;
        int settled = job.Status.Succeeded + noted.Succeeded.Count - succeeded.Count;
        foreach (Pod pod in pods)
        {
            Take(job, pod, limit, succeeded, failed);
        }

        Uncounted = new UncountedTerminatedPods { Succeeded = List(succeeded), Failed = List(failed) };
        SettledSucceeded = isIndexed ? CompletedIndexes.Count : settled;
        Succeeded = isIndexed ? CompletedIndexes.Count : settled + succeeded.Count;
        Failed = SettledFailed + failed.Count;
    }

    /// <summary>The indexes that have succeeded.</summary>
    public SortedSet<int> CompletedIndexes { get; }

    /// <summary>The indexes that have failed for good.</summary>
    public SortedSet<int> FailedIndexes { get; }

    /// <summary>Pods that have succeeded, those noted by uid included.</summary>
    public int Succeeded { get; }

    /// <summary>Pods that have failed, those noted by uid included.</summary>
    public int Failed { get; }

    /// <summary>The status' number of succeeded pods.</summary>
    public int SettledSucceeded { get; }

    /// <summary>The status' number of failed pods.</summary>
    public int SettledFailed { get; }

    /// <summary>The uids that the status notes.</summary>
    public UncountedTerminatedPods Uncounted { get; }

    /// <summary>True when no uid is left to become a number.</summary>
    public bool IsSettled => Counted.Count == 0;

    /// <summary>Pods whose finalizer may go once the status is written.</summary>
    public List<Pod> Counted { get; } = [];

    /// <summary>Why a rule of the failure policy fails the job; empty when none does.</summary>
    public string FailJobMessage { get; private set; } = "";

    /// <summary>How often an index has failed.</summary>
    public int FailuresOf(int index) => _failuresByIndex.GetValueOrDefault(index);

    private static ApiList<string> List(List<string> uids) => uids.Count == 0 ? default : uids.ToApiList();

    private void Take(Job job, Pod pod, int limit, List<string> succeeded, List<string> failed)
    {
        int? index = JobPods.IndexOf(pod);
        string uid = pod.Metadata.Uid;
        bool isTracked = JobPods.IsTracked(pod);
        if (pod.Status.Phase == PodPhase.Succeeded)
        {
            if (!isTracked)
            {
                return;
            }

            Counted.Add(pod);
            if (JobPods.IsIndexed(job))
            {
                if (index is { } number && number < limit)
                {
                    CompletedIndexes.Add(number);
                }
            }
            else if (!succeeded.Contains(uid))
            {
                succeeded.Add(uid);
            }

            return;
        }

        if (!JobPods.IsFailed(job, pod))
        {
            return;
        }

        JobFailureVerdict verdict = JobFailureVerdict.Of(job, pod);
        if (verdict.Action == JobFailureVerdict.FailJob && FailJobMessage.Length == 0)
        {
            FailJobMessage = verdict.Message;
        }

        bool counts = verdict.Action != JobFailureVerdict.Ignore;
        if (index is { } failedIndex && job.Spec.BackoffLimitPerIndex is { } perIndex && failedIndex < limit)
        {
            int failures = JobPods.FailuresBefore(pod) + (counts ? 1 : 0);
            _failuresByIndex[failedIndex] = Math.Max(failures, _failuresByIndex.GetValueOrDefault(failedIndex));
            if (verdict.Action == JobFailureVerdict.FailIndex || failures > perIndex)
            {
                FailedIndexes.Add(failedIndex);
            }
        }

        if (!isTracked)
        {
            return;
        }

        Counted.Add(pod);
        if (counts && !failed.Contains(uid))
        {
            failed.Add(uid);
        }
    }
}
