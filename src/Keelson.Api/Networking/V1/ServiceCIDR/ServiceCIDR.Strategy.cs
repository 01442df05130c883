using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;

namespace Keelson.Api.Networking.V1;

public sealed partial record ServiceCIDR
{
    /// <inheritdoc/>
    public static IReadOnlyList<SubresourceStrategy<ServiceCIDR>> Subresources { get; } =
    [
        new(
            "status",
            static (obj, old, _) => obj with
            {
                Metadata = ObjectMetaStrategy.StatusUpdated(obj.Metadata, old.Metadata),
                Spec = old.Spec,
            },
            static (_, _, _) => { },
            []),
    ];
}
