using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Validation;

namespace Keelson.Api.ApiExtensions.V1;

public sealed partial record CustomResourceDefinition
{
    /// <inheritdoc/>
    public static bool AllowUnconditionalUpdate => false;

    /// <inheritdoc/>
    public static IReadOnlyList<string> ResetFields { get; } = ["status"];

    /// <inheritdoc/>
    public static IReadOnlyList<SubresourceStrategy<CustomResourceDefinition>> Subresources { get; } =
    [
        // Upstream means to keep the metadata here too, but resets it to itself.
        new("status", static (obj, old, _) => obj with { Spec = old.Spec }, ValidateStatusUpdate, ["metadata", "spec"]),
    ];

    /// <inheritdoc/>
    public static CustomResourceDefinition PrepareForCreate(CustomResourceDefinition obj, WriteContext context) => obj with
    {
        Metadata = ObjectMetaStrategy.Created(obj.Metadata),
        Status = WithStorageVersion(CustomResourceDefinitionStatus.Empty, obj.Spec),
    };

    /// <inheritdoc/>
    public static CustomResourceDefinition PrepareForUpdate(
        CustomResourceDefinition obj, CustomResourceDefinition old, WriteContext context) => obj with
        {
            Metadata = ObjectMetaStrategy.Updated(obj.Metadata, old.Metadata, obj.Spec != old.Spec),
            Status = WithStorageVersion(old.Status, obj.Spec),
        };

    /// <inheritdoc/>
    public static IEnumerable<string> Warnings(CustomResourceDefinition obj, CustomResourceDefinition? old)
    {
        HashSet<string> known = old is null ? [] : [.. SchemaFormats.Unrecognized(old.Spec)];
        return SchemaFormats.Unrecognized(obj.Spec)
            .Where(one => !known.Contains(one))
            .Select(one => $"unrecognized format {GoText.Quote(one)}");
    }

    /// <summary>Objects may be stored in every version that ever was the storage version.</summary>
    private static CustomResourceDefinitionStatus WithStorageVersion(
        CustomResourceDefinitionStatus status, CustomResourceDefinitionSpec spec)
    {
        foreach (CustomResourceDefinitionVersion version in spec.Versions)
        {
            if (version.Storage)
            {
                return status.StoredVersions.AsSpan().Contains(version.Name)
                    ? status
                    : status with { StoredVersions = status.StoredVersions.Add(version.Name) };
            }
        }

        return status;
    }
}
