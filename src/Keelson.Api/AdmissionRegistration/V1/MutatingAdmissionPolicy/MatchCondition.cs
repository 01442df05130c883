using Keelson.Api.Kinds;

namespace Keelson.Api.AdmissionRegistration.V1;

/// <summary>CEL condition a request must meet for the webhook or policy to be consulted.</summary>
[ApiType("io.k8s.api.admissionregistration.v1.MatchCondition")]
public sealed partial record MatchCondition
{
    /// <summary>Name of the condition, unique in its list; a qualified name.</summary>
    [Field(1, Always = true, Required = true)]
    public partial string Name { get; init; }

    /// <summary>
    /// CEL expression that yields a bool; it sees object, oldObject, request and authorizer, and params in
    /// policies.
    /// </summary>
    [Field(2, Always = true, Required = true)]
    public partial string Expression { get; init; }
}
