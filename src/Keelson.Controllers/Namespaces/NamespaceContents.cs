using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Machinery.Values;

namespace Keelson.Controllers.Namespaces;

/// <summary>What is left of one kind in a namespace after everything of it was asked to go.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Left">The objects.</param>
/// <param name="GraceSeconds">How long they may take: the longest grace period of its pods; 0 for no estimate.</param>
internal sealed record NamespaceRemainder(KindInfo Kind, IReadOnlyList<IObject> Left, long GraceSeconds);

/// <summary>What came of emptying a namespace.</summary>
internal sealed class NamespaceContents
{
    /// <summary>How long finalizers are given before the next look, in seconds (upstream's
    /// finalizerEstimateSeconds).</summary>
    public const long FinalizerSeconds = 15;

    private readonly List<NamespaceRemainder> _remainders = [];
    private readonly List<string> _errors = [];

    /// <summary>What is left, kind by kind.</summary>
    public IReadOnlyList<NamespaceRemainder> Remainders => _remainders;

    /// <summary>What went wrong.</summary>
    public IReadOnlyList<string> Errors => _errors;

    /// <summary>How long what is left may take to go, in seconds; 0 when nothing is left that is known to take
    /// time.</summary>
    public long EstimateSeconds { get; private set; }

    /// <summary>Notes what is left of a kind.</summary>
    public void Add(string @namespace, NamespaceRemainder remainder)
    {
        if (remainder.Left.Count == 0)
        {
            return;
        }

        _remainders.Add(remainder);
        bool isFinalized = remainder.Left.Any(static one => one.Metadata.Finalizers.Count > 0);
        if (remainder.GraceSeconds > 0 || isFinalized)
        {
            EstimateSeconds = Math.Max(
                EstimateSeconds, remainder.GraceSeconds > 0 ? remainder.GraceSeconds : FinalizerSeconds);
            return;
        }

        KindInfo kind = remainder.Kind;
        Fail($"unexpected items still remain in namespace: {@namespace} for gvr: {kind.Group}/{kind.Version}, Resource={kind.Resource}");
    }

    /// <summary>Notes something that went wrong.</summary>
    public void Fail(string error) => _errors.Add(error);

    /// <summary>
    /// The longest time that pods may take to end, counted from the namespace's deletion: 0 when that time is over.
    /// </summary>
    public static long GraceOf(IEnumerable<IObject> pods, Time deletedAt, Time now)
    {
        long longest = 0;
        foreach (IObject one in pods)
        {
            Pod pod = (Pod)one;
            if (pod.Status.Phase is not (PodPhase.Succeeded or PodPhase.Failed))
            {
                longest = Math.Max(longest, pod.Spec.TerminationGracePeriodSeconds ?? 0);
            }
        }

        return (now.Instant - deletedAt.Instant).TotalSeconds >= longest ? 0 : longest;
    }
}
