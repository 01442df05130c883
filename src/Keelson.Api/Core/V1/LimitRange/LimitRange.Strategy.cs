using Keelson.Api.Kinds;

namespace Keelson.Api.Core.V1;

public sealed partial record LimitRange
{
    /// <inheritdoc/>
    public static bool AllowCreateOnUpdate => true;

    /// <summary>A limit range may come without a name and gets one then.</summary>
    public static LimitRange PrepareForCreate(LimitRange obj, WriteContext context) => obj.Metadata.Name.Length > 0
        ? obj
        : obj with { Metadata = obj.Metadata with { Name = Guid.NewGuid().ToString() } };
}
