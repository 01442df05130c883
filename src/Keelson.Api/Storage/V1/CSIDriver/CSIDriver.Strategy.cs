using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Validation;

namespace Keelson.Api.Storage.V1;

public sealed partial record CSIDriver
{
    /// <inheritdoc/>
    public static bool AllowUnconditionalUpdate => false;

    /// <summary>The name is that of the driver, which the validation looks at under a path of its own.</summary>
    public static IEnumerable<string> NameErrors(string name, bool isPrefix) => ContentRules.PathSegment(name);

    /// <inheritdoc/>
    public static CSIDriver PrepareForCreate(CSIDriver obj, WriteContext context) => obj with
    {
        Metadata = ObjectMetaStrategy.Created(obj.Metadata),
        Spec = WithoutAlphaFields(obj.Spec),
    };

    /// <inheritdoc/>
    public static CSIDriver PrepareForUpdate(CSIDriver obj, CSIDriver old, WriteContext context)
    {
        CSIDriverSpec spec = old.Spec.PreventPodSchedulingIfMissing is null ? WithoutAlphaFields(obj.Spec) : obj.Spec;
        return obj with { Metadata = ObjectMetaStrategy.Updated(obj.Metadata, old.Metadata, spec != old.Spec), Spec = spec };
    }

    /// <summary>Drops what upstream has behind a gate that is off by default (VolumeLimitScaling).</summary>
    private static CSIDriverSpec WithoutAlphaFields(CSIDriverSpec spec) =>
        spec.PreventPodSchedulingIfMissing is null ? spec : spec with { PreventPodSchedulingIfMissing = null };
}
