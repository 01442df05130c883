using Keelson.Api.Kinds;

namespace Keelson.Api.Scheduling.V1;

public sealed partial record PriorityClass
{
    /// <inheritdoc cref="IKind{T}.SetDefaults"/>
    public static PriorityClass SetDefaults(PriorityClass obj) =>
        obj.PreemptionPolicy is null
            ? obj with { PreemptionPolicy = Core.V1.PreemptionPolicy.PreemptLowerPriority }
            : obj;
}
