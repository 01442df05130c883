using Keelson.Api.Kinds;

namespace Keelson.Api.AdmissionRegistration.V1;

/// <summary>
/// Change to an object, computed as an apply configuration that is merged like a server-side apply.
/// </summary>
[ApiType("io.k8s.api.admissionregistration.v1.ApplyConfiguration")]
public sealed partial record ApplyConfiguration
{
    /// <summary>
    /// CEL expression that yields an apply configuration of the object, written as an Object{...} literal. It sees
    /// object, oldObject, request, params, namespaceObject, variables and authorizer, and cannot touch atomic parts
    /// or fields of other kinds such as metadata.name.
    /// </summary>
    [Field(1)]
    public partial string Expression { get; init; }
}
