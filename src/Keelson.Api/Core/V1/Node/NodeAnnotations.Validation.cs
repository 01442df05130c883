using System.Text;
using System.Text.Json;
using Keelson.Api.Kinds;
using Keelson.Machinery.Trees;
using Keelson.Machinery.Validation;
using Keelson.Machinery.Values;
using Keelson.Machinery.Wire;

namespace Keelson.Api.Core.V1;

/// <summary>What early releases kept in annotations of nodes, as JSON, and upstream still checks: taints, and which
/// controllers' pods should rather go elsewhere.</summary>
internal static class NodeAnnotationRules
{
    private const string TaintsKey = "scheduler.alpha.kubernetes.io/taints";
    private const string AvoidPodsKey = "scheduler.alpha.kubernetes.io/preferAvoidPods";

    public static void Validate(ApiMap<string> annotations, FieldPath path, FieldErrors errors)
    {
        if (annotations.GetValueOrDefault(TaintsKey) is { Length: > 0 } taints)
        {
            ValidateTaints(taints, path, errors);
        }

        if (annotations.GetValueOrDefault(AvoidPodsKey) is { Length: > 0 } avoided)
        {
            ValidateAvoidedPods(avoided, path, errors);
        }
    }

    private static void ValidateTaints(string text, FieldPath path, FieldErrors errors)
    {
        if (Read(text, "[]v1.Taint", out string problem) is ListTree list)
        {
            Taint[] taints = [.. list.Items.OfType<ObjectTree>().Select(static one => new Taint
            {
                Key = one.TextAt("key"),
                Value = one.TextAt("value"),
                Effect = one.TextAt("effect"),
            })];
            TaintRules.Validate(taints, path.Child(TaintsKey), errors);
        }
        else if (problem.Length > 0)
        {
            errors.Invalid(path, TaintsKey, problem);
        }
    }

    private static void ValidateAvoidedPods(string text, FieldPath path, FieldErrors errors)
    {
        if (Read(text, "v1.AvoidPods", out string problem) is not ObjectTree avoided)
        {
            if (problem.Length > 0)
            {
                errors.Invalid(path.Child("AvoidPods"), AvoidPodsKey, problem);
            }

            return;
        }

        IReadOnlyList<Tree> entries = (avoided["preferAvoidPods"] as ListTree)?.Items ?? [];
        for (int i = 0; i < entries.Count; i++)
        {
            FieldPath signature = path.Child(AvoidPodsKey).Index(i).Child("PodSignature");
            ObjectTree? signed = (entries[i] as ObjectTree)?["podSignature"] as ObjectTree;
            if (signed?["podController"] is not ObjectTree controller)
            {
                errors.Required(signature, "");
            }
            else if (controller["controller"] is BoolTree { Value: false })
            {
                errors.Invalid(
                    signature.Child("PodController").Child("Controller"), false, "must point to a controller");
            }
        }
    }

    /// <summary>The annotation's value; null where it is no JSON, or not of the sort that Go's type asks for.</summary>
    private static Tree? Read(string text, string goType, out string problem)
    {
        problem = "";
        byte[] utf8 = Encoding.UTF8.GetBytes(text);
        try
        {
            Tree read = TreeReader.Read(utf8);
            bool fits = goType.StartsWith('[') ? read is ListTree or NullTree : read is ObjectTree or NullTree;
            string found = GoJsonSyntax.TypeName(utf8);
            problem = fits ? "" : $"json: cannot unmarshal {found} into Go value of type {goType}";
            return fits ? read : null;
        }
        catch (Exception exception) when (exception is JsonException or DecodeException)
        {
            problem = GoJsonSyntax.Describe(utf8);
            return null;
        }
    }
}
