using Keelson.Api.Kinds;

namespace Keelson.Api.AdmissionRegistration.V1;

/// <summary>Named expression.</summary>
[ApiType("io.k8s.api.admissionregistration.v1.Variable", Atomic = true)]
public sealed partial record Variable
{
    /// <summary>Name of the variable, a CEL identifier, unique among the variables.</summary>
    [Field(1, Always = true, Required = true)]
    public partial string Name { get; init; }

    /// <summary>CEL expression; evaluated when first used, and at most once per policy.</summary>
    [Field(2, Always = true, Required = true)]
    public partial string Expression { get; init; }
}
