using System.Globalization;
using Keelson.Api.Apps.V1;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Values;

namespace Keelson.Controllers.Deployments;

/// <summary>The annotations by which a deployment and its replica sets remember the rollout.</summary>
internal static class DeploymentAnnotations
{
    /// <summary>Which revision this is.</summary>
    public const string Revision = "deployment.kubernetes.io/revision";

    private const string RevisionHistory = "deployment.kubernetes.io/revision-history";
    private const string DesiredReplicas = "deployment.kubernetes.io/desired-replicas";
    private const string MaxReplicas = "deployment.kubernetes.io/max-replicas";
    private const int LongestHistory = 2000;

    private static readonly HashSet<string> NotCopied =
    [
        "kubectl.kubernetes.io/last-applied-configuration",
        Revision,
        RevisionHistory,
        DesiredReplicas,
        MaxReplicas,
        "deprecated.deployment.rollback.to",
    ];

    /// <summary>A replica set's revision; 0 for none.</summary>
    public static long RevisionOf(ObjectMeta meta) => Number(meta, Revision) ?? 0;

    /// <summary>How many replicas the deployment wanted when the set was last scaled.</summary>
    public static long? DesiredOf(ReplicaSet set) => Number(set.Metadata, DesiredReplicas);

    /// <summary>How many replicas there might have been then, surge included.</summary>
    public static long? MaxOf(ReplicaSet set) => Number(set.Metadata, MaxReplicas);

    /// <summary>A set's annotations when it is scaled.</summary>
    public static ApiMap<string> Scaled(ApiMap<string> annotations, int desired, int max) => annotations
        .With(DesiredReplicas, desired.ToString(CultureInfo.InvariantCulture))
        .With(MaxReplicas, max.ToString(CultureInfo.InvariantCulture));

    /// <summary>The annotations of the set that has the deployment's present template.</summary>
    /// <param name="deployment">The deployment; its own annotations are copied.</param>
    /// <param name="old">The set's annotations so far.</param>
    /// <param name="revision">The revision that the set is to have, if its own is lower.</param>
    /// <param name="exists">True when the set exists: its earlier revisions become its history.</param>
    public static ApiMap<string> OfNewSet(Deployment deployment, ApiMap<string> old, long revision, bool exists)
    {
        ApiMap<string> result = old;
        foreach (KeyValuePair<string, string> one in deployment.Metadata.Annotations)
        {
            if (!NotCopied.Contains(one.Key) && result.GetValueOrDefault(one.Key) != one.Value)
            {
                result = result.With(one.Key, one.Value);
            }
        }

        string before = old.GetValueOrDefault(Revision) ?? "";
        long was = long.TryParse(before, NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : 0;
        if (was >= revision)
        {
            return result;
        }

        result = result.With(Revision, revision.ToString(CultureInfo.InvariantCulture));
        if (!exists || before.Length == 0)
        {
            return result;
        }

        string history = old.GetValueOrDefault(RevisionHistory) ?? "";
        List<string> revisions = [.. history.Split(',', StringSplitOptions.RemoveEmptyEntries), before];
        while (revisions.Sum(static one => one.Length + 1) > LongestHistory)
        {
            revisions.RemoveAt(0);
        }

        return result.With(RevisionHistory, string.Join(',', revisions));
    }

    private static long? Number(ObjectMeta meta, string key) =>
        meta.Annotations.TryGetValue(key, out string? text)
        && long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number)
            ? number
            : null;
}
