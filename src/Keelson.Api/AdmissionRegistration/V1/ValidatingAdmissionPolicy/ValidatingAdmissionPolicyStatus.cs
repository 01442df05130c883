using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.AdmissionRegistration.V1;

/// <summary>Observed state of a validating policy.</summary>
[ApiType("io.k8s.api.admissionregistration.v1.ValidatingAdmissionPolicyStatus")]
public sealed partial record ValidatingAdmissionPolicyStatus
{
    /// <summary>Generation of the spec the controller last saw.</summary>
    [Field(1)]
    public partial long ObservedGeneration { get; init; }

    /// <summary>Results of checking types. If set, the check is finished.</summary>
    [Field(2)]
    public partial TypeChecking? TypeChecking { get; init; }

    /// <summary>Latest observations, at most one per type.</summary>
    [Field(3, List = ListType.Map, Keys = "type")]
    public partial ApiList<Condition> Conditions { get; init; }
}
