using Keelson.Api.Kinds;
using Keelson.Machinery.Validation;
using Keelson.Machinery.Values;

namespace Keelson.Api.ApiExtensions.V1;

public sealed partial record CustomResourceDefinition
{
    private const string ApprovalAnnotation = "api-approved.kubernetes.io";
    private const string ApprovalText = "protected groups must have approval annotation \"api-approved.kubernetes.io\"";
    private const string ApprovalLink = ", see https://github.com/kubernetes/enhancements/pull/1111";

    /// <inheritdoc/>
    public static void Validate(CustomResourceDefinition obj, FieldErrors errors)
    {
        if (obj.Metadata.Name != obj.Spec.Names.Plural + "." + obj.Spec.Group)
        {
            errors.Invalid(
                FieldPath.Of("metadata").Child("name"), obj.Metadata.Name, "must be spec.names.plural+\".\"+spec.group");
        }

        CustomResourceSpecRules.Validate(obj.Spec, FieldPath.Of("spec"), errors);
        ValidateCommon(obj, null, errors);
    }

    /// <inheritdoc/>
    public static void ValidateUpdate(CustomResourceDefinition obj, CustomResourceDefinition old, FieldErrors errors)
    {
        FieldPath path = FieldPath.Of("spec");
        CustomResourceSpecRules.Validate(obj.Spec, path, errors);
        bool established = old.Status.Conditions.Any(static one =>
            one is { Type: CustomResourceDefinitionConditionType.Established, Status: ConditionStatus.True });
        if (established)
        {
            ValidateUnchanged(obj.Spec.Scope, old.Spec.Scope, path.Child("scope"), errors);
            ValidateUnchanged(obj.Spec.Names.Kind, old.Spec.Names.Kind, path.Child("names").Child("kind"), errors);
        }

        ValidateUnchanged(obj.Spec.Group, old.Spec.Group, path.Child("group"), errors);
        ValidateUnchanged(obj.Spec.Names.Plural, old.Spec.Names.Plural, path.Child("names").Child("plural"), errors);
        ValidateCommon(obj, old, errors);
    }

    private static void ValidateStatusUpdate(CustomResourceDefinition obj, CustomResourceDefinition old, FieldErrors errors) =>
        CustomResourceSpecRules.ValidateNames(obj.Status.AcceptedNames, FieldPath.Of("status").Child("acceptedNames"), errors);

    private static void ValidateCommon(CustomResourceDefinition obj, CustomResourceDefinition? old, FieldErrors errors)
    {
        FieldPath status = FieldPath.Of("status");
        CustomResourceSpecRules.ValidateNames(obj.Status.AcceptedNames, status.Child("acceptedNames"), errors);
        ValidateStoredVersions(obj, status.Child("storedVersions"), errors);
        ValidateApproval(obj, old, errors);
        if (obj.Spec.PreserveUnknownFields && old?.Spec.PreserveUnknownFields is not true)
        {
            errors.Invalid(
                FieldPath.Of("spec").Child("preserveUnknownFields"),
                true,
                "cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead");
        }
    }

    private static void ValidateStoredVersions(CustomResourceDefinition obj, FieldPath path, FieldErrors errors)
    {
        ApiList<string> stored = obj.Status.StoredVersions;
        if (stored.Count == 0)
        {
            errors.InvalidRaw(path, stored.IsAbsent ? "null" : "[]", "must have at least one stored version");
            return;
        }

        foreach (CustomResourceDefinitionVersion version in obj.Spec.Versions)
        {
            if (version.Storage && !stored.AsSpan().Contains(version.Name))
            {
                errors.InvalidRaw(path, ErrorValue.Json(stored), "must have the storage version " + version.Name);
            }
        }

        for (int i = 0; i < stored.Count; i++)
        {
            string name = stored[i];
            if (!obj.Spec.Versions.Any(one => one.Name == name))
            {
                errors.Invalid(
                    path.Index(i),
                    name,
                    $"missing from spec.versions; {name} was previously a storage version, and must remain in spec.versions until a storage migration ensures no data remains persisted in {name} and removes {name} from status.storedVersions");
            }
        }
    }

    /// <summary>The groups of Kubernetes itself take definitions only with a word on who approved them.</summary>
    private static void ValidateApproval(CustomResourceDefinition obj, CustomResourceDefinition? old, FieldErrors errors)
    {
        string group = obj.Spec.Group;
        bool guarded = group is "k8s.io" or "kubernetes.io"
            || group.EndsWith(".k8s.io", StringComparison.Ordinal) || group.EndsWith(".kubernetes.io", StringComparison.Ordinal);
        string approval = obj.Metadata.Annotations.GetValueOrDefault(ApprovalAnnotation) ?? "";
        if (!guarded || (old is not null && State(approval) == State(old.Metadata.Annotations.GetValueOrDefault(ApprovalAnnotation) ?? "")))
        {
            return;
        }

        FieldPath path = FieldPath.Of("metadata").Child("annotations").Key(ApprovalAnnotation);
        switch (State(approval))
        {
            case Approval.Missing:
                errors.Required(path, ApprovalText + ApprovalLink);
                break;
            case Approval.Nonsense:
                errors.Invalid(
                    path, approval, ApprovalText + " with either a URL or a reason starting with \"unapproved\"" + ApprovalLink);
                break;
        }
    }

    private static Approval State(string approval) => approval.Length == 0 ? Approval.Missing
        : approval.StartsWith("unapproved", StringComparison.Ordinal) ? Approval.Bypassed
        : Uri.TryCreate(approval, UriKind.Absolute, out Uri? uri) && uri.Host.Length > 0 ? Approval.Given
        : Approval.Nonsense;

    private static void ValidateUnchanged(string value, string old, FieldPath path, FieldErrors errors)
    {
        if (value != old)
        {
            errors.Invalid(path, value, "field is immutable");
        }
    }

    private enum Approval
    {
        Missing,
        Bypassed,
        Given,
        Nonsense,
    }
}
