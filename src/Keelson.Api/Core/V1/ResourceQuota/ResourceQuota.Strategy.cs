using Keelson.Api.Kinds;

namespace Keelson.Api.Core.V1;

public sealed partial record ResourceQuota
{
    /// <inheritdoc/>
    public static IReadOnlyList<string> ResetFields { get; } = ["status"];

    /// <inheritdoc/>
    public static IReadOnlyList<SubresourceStrategy<ResourceQuota>> Subresources { get; } =
    [
        new("status", static (obj, old, _) => obj with { Spec = old.Spec }, ValidateStatusUpdate, ["spec"]),
    ];

    /// <inheritdoc/>
    public static ResourceQuota PrepareForCreate(ResourceQuota obj, WriteContext context) =>
        obj with { Status = ResourceQuotaStatus.Empty };

    /// <inheritdoc/>
    public static ResourceQuota PrepareForUpdate(ResourceQuota obj, ResourceQuota old, WriteContext context) =>
        obj with { Status = old.Status };
}
