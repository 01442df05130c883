using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Machinery.Validation;
using Keelson.Machinery.Values;

namespace Keelson.Api.Batch.V1;

/// <summary>
/// What holds of a job's status and its changes. Controllers other than the built-in one may write it (managedBy), so
/// it is checked closely; yet a field that breaks a rule already does not stand in the way of changes elsewhere.
/// </summary>
internal static class JobStatusRules
{
    private static readonly FieldPath Root = FieldPath.Of("status");

    private static readonly string[] TerminalConditions =
        [JobConditionType.Failed, JobConditionType.Complete, JobConditionType.FailureTarget];

    /// <summary>True when the status has the condition, and it holds.</summary>
    public static bool Has(JobStatus status, string type)
    {
        foreach (JobCondition condition in status.Conditions)
        {
            if (condition.Type == type && condition.Status == ConditionStatus.True)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Checks an update of the status.</summary>
    public static void Validate(Job obj, Job old, FieldErrors errors)
    {
        ValidateCounts(obj.Status, errors);
        Transition transition = new(obj, old);
        ValidateConditionsAndTimes(transition, errors);
        ValidateFinished(transition, errors);
        ValidateIndexes(transition, errors);
        ValidatePods(transition, errors);
        ValidateSuccessCriteria(transition, errors);
        ValidateChange(transition, errors);
    }

    private static void ValidateCounts(JobStatus status, FieldErrors errors)
    {
        errors.NonNegative(Root.Child("active"), status.Active);
        errors.NonNegative(Root.Child("succeeded"), status.Succeeded);
        errors.NonNegative(Root.Child("failed"), status.Failed);
        errors.NonNegative(Root.Child("ready"), status.Ready);
        errors.NonNegative(Root.Child("terminating"), status.Terminating);
        if (status.UncountedTerminatedPods is { } uncounted)
        {
            HashSet<string> seen = [];
            FieldPath path = Root.Child("uncountedTerminatedPods");
            ValidateUids(uncounted.Succeeded, seen, path.Child("succeeded"), errors);
            ValidateUids(uncounted.Failed, seen, path.Child("failed"), errors);
        }
    }

    private static void ValidateUids(ApiList<string> uids, HashSet<string> seen, FieldPath path, FieldErrors errors)
    {
        for (int i = 0; i < uids.Count; i++)
        {
            if (uids[i].Length == 0)
            {
                errors.Invalid(path.Index(i), uids[i], "must not be empty");
            }
            else if (!seen.Add(uids[i]))
            {
                errors.Duplicate(path.Index(i), uids[i]);
            }
        }
    }

    private static void ValidateConditionsAndTimes(Transition t, FieldErrors errors)
    {
        JobStatus status = t.New;
        if ((t.CompleteChanged || t.FailedChanged) && t.IsComplete && t.IsFailed)
        {
            RefuseConditions("cannot set Complete=True and Failed=true conditions", errors);
        }

        if ((t.CompleteChanged || t.FailureTargetChanged) && t.IsComplete && t.HasFailureTarget)
        {
            RefuseConditions("cannot set Complete=True and FailureTarget=true conditions", errors);
        }

        bool completionChanged = t.CompleteChanged || status.CompletionTime != t.Old.CompletionTime;
        FieldPath completionPath = Root.Child("completionTime");
        if (completionChanged && status.CompletionTime is { } early && !t.IsComplete)
        {
            errors.Invalid(
                completionPath, early.ToString(), "cannot set completionTime when there is no Complete=True condition");
        }

        if (completionChanged && status.CompletionTime is null && t.IsComplete)
        {
            errors.Required(completionPath, "completionTime is required for Complete jobs");
        }

        bool timesChanged = t.StartTimeChanged || status.CompletionTime != t.Old.CompletionTime;
        if (timesChanged && status.CompletionTime is { } completion && status.StartTime is { } start
            && completion < start)
        {
            errors.Invalid(completionPath, completion.ToString(), "must be equal to or after `startTime`");
        }

        if ((t.FailedChanged || status.FailedIndexes != t.Old.FailedIndexes) && t.IsFailed && !t.HasFailureTarget)
        {
            RefuseConditions("cannot set Failed=True condition without the FailureTarget=true condition", errors);
        }

        if ((t.CompleteChanged || t.SuccessCriteriaChanged) && t.IsComplete && !t.MeetsSuccessCriteria)
        {
            RefuseConditions(
                "cannot set Complete=True condition without the SuccessCriteriaMet=true condition", errors);
        }
    }

    private static void ValidateFinished(Transition t, FieldErrors errors)
    {
        JobStatus status = t.New;
        if (!t.IsFinished)
        {
            return;
        }

        if ((t.FinishedChanged || status.Active != t.Old.Active) && status.Active > 0)
        {
            errors.Invalid(Root.Child("active"), status.Active, "active>0 is invalid for finished job");
        }

        if ((t.FinishedChanged || t.StartTimeChanged) && status.StartTime is null)
        {
            errors.Required(Root.Child("startTime"), "startTime is required for finished job");
        }

        bool uncountedChanged = !Equals(status.UncountedTerminatedPods, t.Old.UncountedTerminatedPods);
        if ((t.FinishedChanged || uncountedChanged)
            && status.UncountedTerminatedPods is { } uncounted
            && uncounted.Failed.Count + uncounted.Succeeded.Count > 0)
        {
            errors.InvalidRaw(
                Root.Child("uncountedTerminatedPods"),
                UnversionedText.Of(uncounted, UncountedTerminatedPods.WireSchema),
                "uncountedTerminatedPods needs to be empty for finished job");
        }
    }

    private static void ValidateIndexes(Transition t, FieldErrors errors)
    {
        JobStatus status = t.New;
        JobSpec spec = t.Spec;
        bool completedChanged = status.CompletedIndexes != t.Old.CompletedIndexes;
        bool failedChanged = status.FailedIndexes != t.Old.FailedIndexes;
        FieldPath completedPath = Root.Child("completedIndexes");
        FieldPath failedPath = Root.Child("failedIndexes");
        if (completedChanged && spec.Completions is { } all
            && JobIndexes.Check(status.CompletedIndexes, all, out _) is { } error)
        {
            errors.Invalid(completedPath, status.CompletedIndexes, "error parsing completedIndexes: " + error);
        }

        if (failedChanged
            && spec is { Completions: { } count, BackoffLimitPerIndex: not null }
            && status.FailedIndexes is { } failed
            && JobIndexes.Check(failed, count, out _) is { } failedError)
        {
            errors.Invalid(failedPath, failed, "error parsing failedIndexes: " + failedError);
        }

        if (completedChanged && status.CompletedIndexes.Length > 0 && !t.IsIndexed)
        {
            errors.Invalid(
                completedPath,
                status.CompletedIndexes,
                "cannot set non-empty completedIndexes when non-indexed completion mode");
        }

        if (failedChanged && spec.BackoffLimitPerIndex is null && status.FailedIndexes is { } unexpected)
        {
            errors.Invalid(
                failedPath, unexpected, "cannot set non-null failedIndexes when backoffLimitPerIndex is null");
        }

        if ((failedChanged || completedChanged)
            && spec.Completions is { } completions
            && status.FailedIndexes is { } indexes
            && JobIndexes.Overlap(status.CompletedIndexes, indexes, completions) is { } shared)
        {
            errors.Invalid(failedPath, indexes, $"failedIndexes and completedIndexes overlap at index: {shared}");
        }
    }

    private static void ValidatePods(Transition t, FieldErrors errors)
    {
        JobStatus status = t.New;
        if ((t.FinishedChanged || status.Terminating != t.Old.Terminating) && status.Terminating > 0 && t.IsFinished)
        {
            errors.Invalid(
                Root.Child("terminating"), status.Terminating.Value, "terminating>0 is invalid for finished job");
        }

        bool changed = status.Ready != t.Old.Ready || status.Active != t.Old.Active;
        if (changed && status.Ready > status.Active)
        {
            errors.Invalid(Root.Child("ready"), status.Ready.Value, "cannot set more ready pods than active");
        }
    }

    private static void ValidateSuccessCriteria(Transition t, FieldErrors errors)
    {
        if (t.MeetsSuccessCriteria && t.IsFailed)
        {
            RefuseConditions("cannot set SuccessCriteriaMet=True and Failed=true conditions", errors);
        }

        if (t.MeetsSuccessCriteria && t.HasFailureTarget)
        {
            RefuseConditions("cannot set SuccessCriteriaMet=True and FailureTarget=true conditions", errors);
        }

        if (t.Spec.SuccessPolicy is not null && !t.MeetsSuccessCriteria && t.IsComplete)
        {
            RefuseConditions(
                "cannot set Complete=True for Job with SuccessPolicy unless SuccessCriteriaMet=True", errors);
        }
    }

    private static void ValidateChange(Transition t, FieldErrors errors)
    {
        foreach (string type in TerminalConditions)
        {
            if (Has(t.Old, type) && !Has(t.New, type))
            {
                RefuseConditions($"cannot disable the terminal {type}=True condition", errors);
            }
        }

        if (t.New.Failed < t.Old.Failed)
        {
            errors.Invalid(Root.Child("failed"), t.New.Failed, "cannot decrease the failed counter");
        }

        // An indexed job that was scaled down has fewer successes.
        bool mayShrink = t.IsIndexed && t.Spec.Completions == t.Spec.Parallelism;
        if (!mayShrink && t.New.Succeeded < t.Old.Succeeded)
        {
            errors.Invalid(Root.Child("succeeded"), t.New.Succeeded, "cannot decrease the succeeded counter");
        }

        if (t.New.CompletionTime is { } completion && t.Old.CompletionTime is { } before && completion != before)
        {
            errors.Invalid(Root.Child("completionTime"), completion.ToString(), "field is immutable");
        }

        if (t.StartTimeChanged && t.Old.StartTime is not null && t.Spec.Suspend != true)
        {
            errors.InvalidRaw(
                Root.Child("startTime"),
                t.New.StartTime is { } start ? FieldErrors.Quote(start.ToString()) : "null",
                "field is immutable for unsuspended job once set");
        }

        bool metBefore = Has(t.Old, JobConditionType.SuccessCriteriaMet);
        if (metBefore && !t.MeetsSuccessCriteria)
        {
            RefuseConditions("cannot disable the SuccessCriteriaMet=True condition", errors);
        }

        if (Has(t.Old, JobConditionType.Complete) && !metBefore && t.MeetsSuccessCriteria)
        {
            RefuseConditions("cannot set SuccessCriteriaMet=True for Job already has Complete=true conditions", errors);
        }
    }

    private static void RefuseConditions(string detail, FieldErrors errors) =>
        errors.InvalidWithoutValue(Root.Child("conditions"), detail);

    /// <summary>The two statuses, and what changes from one to the other.</summary>
    private sealed class Transition(Job obj, Job old)
    {
        public JobSpec Spec { get; } = obj.Spec;

        public JobStatus New { get; } = obj.Status;

        public JobStatus Old { get; } = old.Status;

        public bool IsIndexed => Spec.CompletionMode == CompletionMode.Indexed;

        public bool IsComplete { get; } = Has(obj.Status, JobConditionType.Complete);

        public bool IsFailed { get; } = Has(obj.Status, JobConditionType.Failed);

        public bool HasFailureTarget { get; } = Has(obj.Status, JobConditionType.FailureTarget);

        public bool MeetsSuccessCriteria { get; } = Has(obj.Status, JobConditionType.SuccessCriteriaMet);

        public bool IsFinished => IsComplete || IsFailed;

        public bool CompleteChanged => IsComplete != Has(Old, JobConditionType.Complete);

        public bool FailedChanged => IsFailed != Has(Old, JobConditionType.Failed);

        public bool FailureTargetChanged => HasFailureTarget != Has(Old, JobConditionType.FailureTarget);

        public bool SuccessCriteriaChanged => MeetsSuccessCriteria != Has(Old, JobConditionType.SuccessCriteriaMet);

        public bool FinishedChanged =>
            IsFinished != (Has(Old, JobConditionType.Complete) || Has(Old, JobConditionType.Failed));

        public bool StartTimeChanged => New.StartTime != Old.StartTime;
    }
}
