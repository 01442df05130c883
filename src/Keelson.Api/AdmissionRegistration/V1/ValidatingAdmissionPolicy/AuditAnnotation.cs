using Keelson.Api.Kinds;

namespace Keelson.Api.AdmissionRegistration.V1;

/// <summary>Annotation added to the audit event of a request.</summary>
[ApiType("io.k8s.api.admissionregistration.v1.AuditAnnotation")]
public sealed partial record AuditAnnotation
{
    /// <summary>Qualified name, unique within the policy; the policy's name is put in front of it.</summary>
    [Field(1, Always = true, Required = true)]
    public partial string Key { get; init; }

    /// <summary>
    /// CEL expression for the value; must yield a string, or null for no annotation. At most 5 kB.
    /// </summary>
    [Field(2, Always = true, Required = true)]
    public partial string ValueExpression { get; init; }
}
