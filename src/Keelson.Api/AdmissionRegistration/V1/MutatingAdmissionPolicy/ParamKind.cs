using Keelson.Api.Kinds;

namespace Keelson.Api.AdmissionRegistration.V1;

/// <summary>Kind of objects that hold the parameters of a policy.</summary>
[ApiType("io.k8s.api.admissionregistration.v1.ParamKind", Atomic = true)]
public sealed partial record ParamKind
{
    /// <summary>API group and version of the kind, as group/version.</summary>
    [Field(1)]
    public partial string ApiVersion { get; init; }

    /// <summary>Name of the kind.</summary>
    [Field(2)]
    public partial string Kind { get; init; }
}
