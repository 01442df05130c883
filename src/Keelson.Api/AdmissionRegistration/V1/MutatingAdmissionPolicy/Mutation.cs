using Keelson.Api.Kinds;

namespace Keelson.Api.AdmissionRegistration.V1;

/// <summary>One change; the field that belongs to patchType is set.</summary>
[ApiType("io.k8s.api.admissionregistration.v1.Mutation")]
public sealed partial record Mutation
{
    /// <summary>How the change is expressed: ApplyConfiguration or JSONPatch.</summary>
    [Field(2, Always = true, Required = true, Enum = typeof(PatchType))]
    public partial string PatchType { get; init; }

    /// <summary>Change as an apply configuration.</summary>
    [Field(3)]
    public partial ApplyConfiguration? ApplyConfiguration { get; init; }

    /// <summary>Change as a JSON patch.</summary>
    [Field(4)]
    public partial JSONPatch? JsonPatch { get; init; }
}
