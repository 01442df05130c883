using Keelson.Api.Kinds;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.AdmissionRegistration.V1;

/// <summary>Results of checking the types in a policy's expressions.</summary>
[ApiType("io.k8s.api.admissionregistration.v1.TypeChecking")]
public sealed partial record TypeChecking
{
    /// <summary>Errors found, by expression.</summary>
    [Field(1, List = ListType.Atomic)]
    public partial ApiList<ExpressionWarning> ExpressionWarnings { get; init; }
}
