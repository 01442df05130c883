using Keelson.Api.Kinds;

namespace Keelson.Api.AdmissionRegistration.V1;

/// <summary>Change to an object, computed as a JSON patch.</summary>
[ApiType("io.k8s.api.admissionregistration.v1.JSONPatch")]
public sealed partial record JSONPatch
{
    /// <summary>
    /// CEL expression that yields a list of JSONPatch values (RFC 6902), each with op, path, from and value. It
    /// sees the same variables as an apply configuration.
    /// </summary>
    [Field(1)]
    public partial string Expression { get; init; }
}
