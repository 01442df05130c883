using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;

namespace Keelson.Api.AdmissionRegistration.V1;

/// <summary>
/// Chooses the objects with the parameters of a policy; exactly one of name and selector is set.
/// </summary>
[ApiType("io.k8s.api.admissionregistration.v1.ParamRef", Atomic = true)]
public sealed partial record ParamRef
{
    /// <summary>Name of the parameter object. Excludes selector.</summary>
    [Field(1)]
    public partial string Name { get; init; }

    /// <summary>
    /// Namespace to look in, for namespaced kinds only. If not set, that of the object being admitted.
    /// </summary>
    [Field(2)]
    public partial string Namespace { get; init; }

    /// <summary>
    /// Labels of parameter objects; the policy is evaluated with each that matches. Excludes name.
    /// </summary>
    [Field(3)]
    public partial LabelSelector? Selector { get; init; }

    /// <summary>
    /// What happens if no parameters are found: Allow passes, Deny applies failurePolicy. Required.
    /// </summary>
    [Field(4, GoType = "v1.ParameterNotFoundActionType")]
    public partial string? ParameterNotFoundAction { get; init; }
}
