using Keelson.Api.Apps.V1;
using Keelson.Api.Kinds;

namespace Keelson.Api.Scheduling.V1;

public sealed partial record PriorityClass
{
    /// <inheritdoc cref="IKind{T}.PrepareForCreate"/>
    public static PriorityClass PrepareForCreate(PriorityClass obj, WriteContext context) =>
        obj with { Metadata = WorkloadRules.FirstGeneration(obj.Metadata) };

    /// <summary>What counts can't change, so the generation stays.</summary>
    public static PriorityClass PrepareForUpdate(PriorityClass obj, PriorityClass old, WriteContext context) =>
        obj with { Metadata = WorkloadRules.NextGeneration(obj.Metadata, old.Metadata, changed: false) };
}
