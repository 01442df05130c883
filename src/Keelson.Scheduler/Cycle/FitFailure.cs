using System.Globalization;
using Keelson.Scheduler.Framework;

namespace Keelson.Scheduler.Cycle;

/// <summary>Why a pod fits nowhere, in upstream's words.</summary>
internal static class FitFailure
{
    /// <summary>What is said when there are no nodes at all.</summary>
    public const string NoNodes = "no nodes available to schedule pods";

    /// <summary>
    /// <c>0/3 nodes are available: 1 Insufficient cpu, 2 node(s) were unschedulable. preemption: …</c>
    /// </summary>
    /// <param name="statuses">The nodes' statuses.</param>
    /// <param name="preFilter">Why PreFilter turned the pod away; empty when it did not.</param>
    /// <param name="postFilter">What PostFilter says; empty for nothing.</param>
    public static string Message(NodeStatuses statuses, string preFilter, string postFilter)
    {
        string reasons = preFilter.Length > 0 ? preFilter : Reasons(statuses);
        int nodes = statuses.Order.Nodes.Length;
        string message = string.Create(CultureInfo.InvariantCulture, $"0/{nodes} nodes are available:");
        message = reasons.Length > 0 ? $"{message} {reasons}." : message;
        return postFilter.Length > 0 ? $"{message} {postFilter}" : message;
    }

    private static string Reasons(NodeStatuses statuses)
    {
        Dictionary<string, int> counts = new(StringComparer.Ordinal);
        foreach ((PluginStatus status, int nodes) in statuses.Tally())
        {
            foreach (string reason in status.Reasons)
            {
                counts[reason] = counts.GetValueOrDefault(reason) + nodes;
            }
        }

        string[] texts =
            [.. counts.Select(static one => string.Create(CultureInfo.InvariantCulture, $"{one.Value} {one.Key}"))];
        Array.Sort(texts, StringComparer.Ordinal);
        return string.Join(", ", texts);
    }
}
