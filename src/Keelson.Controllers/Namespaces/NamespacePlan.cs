using Keelson.Api.Core.V1;
using Keelson.Machinery.Values;

namespace Keelson.Controllers.Namespaces;

/// <summary>What an ending namespace's status says, in upstream's words.</summary>
internal static class NamespacePlan
{
    private static readonly (string Type, string Reason, string Message)[] AllIsWell =
    [
        (NamespaceConditionType.NamespaceDeletionDiscoveryFailure, "ResourcesDiscovered", "All resources successfully discovered"),
        (NamespaceConditionType.NamespaceDeletionGroupVersionParsingFailure, "ParsedGroupVersions", "All legacy kube types successfully parsed"),
        (NamespaceConditionType.NamespaceDeletionContentFailure, "ContentDeleted", "All content successfully deleted, may be waiting on finalization"),
        (NamespaceConditionType.NamespaceContentRemaining, "ContentRemoved", "All content successfully removed"),
        (NamespaceConditionType.NamespaceFinalizersRemaining, "ContentHasNoFinalizers", "All content-preserving finalizers finished"),
    ];

    /// <summary>The status after a round.</summary>
    /// <param name="status">The status before.</param>
    /// <param name="contents">What came of it.</param>
    /// <param name="now">The present.</param>
    public static NamespaceStatus Compute(NamespaceStatus status, NamespaceContents contents, Time now)
    {
        List<NamespaceCondition> conditions = [.. status.Conditions];
        foreach ((string type, string reason, string message) in AllIsWell)
        {
            NamespaceCondition wanted = Trouble(type, contents)
                ?? new NamespaceCondition { Type = type, Status = "False", Reason = reason, Message = message };
            int at = conditions.FindIndex(one => one.Type == type);
            if (at < 0)
            {
                conditions.Add(wanted with { LastTransitionTime = now });
                continue;
            }

            NamespaceCondition before = conditions[at];
            conditions[at] =
                wanted with { LastTransitionTime = before.Status == wanted.Status ? before.LastTransitionTime : now };
        }

        return status with { Conditions = conditions.ToApiList() };
    }

    private static NamespaceCondition? Trouble(string type, NamespaceContents contents)
    {
        (string Reason, string Message)? trouble = type switch
        {
            NamespaceConditionType.NamespaceDeletionContentFailure when contents.Errors.Count > 0 => (
                "ContentDeletionFailed",
                $"Failed to delete all resource types, {contents.Errors.Count} remaining: {Joined(contents.Errors)}"),
            NamespaceConditionType.NamespaceContentRemaining when contents.Remainders.Count > 0 => (
                "SomeResourcesRemain",
                "Some resources are remaining: "
                + Joined(contents.Remainders.Select(one => $"{one.Kind.Resource}.{one.Kind.Group} has {one.Left.Count} resource instances"))),
            NamespaceConditionType.NamespaceFinalizersRemaining when Finalizers(contents) is { Length: > 0 } finalizers => (
                "SomeFinalizersRemain",
                "Some content in the namespace has finalizers remaining: " + Joined(finalizers)),
            _ => null,
        };
        return trouble is { } found
            ? new NamespaceCondition { Type = type, Status = "True", Reason = found.Reason, Message = found.Message }
            : null;
    }

    private static string[] Finalizers(NamespaceContents contents) =>
    [
        .. contents.Remainders
            .SelectMany(static one => one.Left)
            .SelectMany(static one => one.Metadata.Finalizers.AsEnumerable())
            .CountBy(static one => one)
            .Select(static one => $"{one.Key} in {one.Value} resource instances"),
    ];

    private static string Joined(IEnumerable<string> parts) => string.Join(", ", parts.Order(StringComparer.Ordinal));
}
