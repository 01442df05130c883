namespace Keelson.Api.ApiExtensions.V1;

/// <summary>The values of CustomResourceDefinitionConditionType.</summary>
public static class CustomResourceDefinitionConditionType
{
    public const string Established = "Established";
    public const string KubernetesAPIApprovalPolicyConformant = "KubernetesAPIApprovalPolicyConformant";
    public const string NamesAccepted = "NamesAccepted";
    public const string NonStructuralSchema = "NonStructuralSchema";
    public const string StorageMigrating = "StorageMigrating";
    public const string Terminating = "Terminating";
}
