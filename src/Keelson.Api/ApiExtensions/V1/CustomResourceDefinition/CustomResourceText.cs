using System.Globalization;
using Keelson.Api.Kinds;
using Keelson.Machinery.Values;

namespace Keelson.Api.ApiExtensions.V1;

/// <summary>Versions and schemas as upstream prints them in errors: all fields by their Go names.</summary>
internal static class CustomResourceText
{
    private const string Null = "null";

    public static string Render(ApiList<CustomResourceDefinitionVersion> versions) =>
        versions.IsAbsent ? Null : "[" + string.Join(',', versions.Select(Render)) + "]";

    public static string Render(JSONSchemaProps? schema) => schema is null ? Null : ErrorValue.Object(
    [
        ("ID", ErrorValue.Json(schema.Id)),
        ("Schema", ErrorValue.Json(schema.Schema)),
        ("Ref", ErrorValue.Json(schema.Ref)),
        ("Description", ErrorValue.Json(schema.Description)),
        ("Type", ErrorValue.Json(schema.Type)),
        ("Nullable", Truth(schema.Nullable)),
        ("Format", ErrorValue.Json(schema.Format)),
        ("Title", ErrorValue.Json(schema.Title)),
        ("Default", Raw(schema.Default)),
        ("Maximum", Number(schema.Maximum)),
        ("ExclusiveMaximum", Truth(schema.ExclusiveMaximum)),
        ("Minimum", Number(schema.Minimum)),
        ("ExclusiveMinimum", Truth(schema.ExclusiveMinimum)),
        ("MaxLength", Number(schema.MaxLength)),
        ("MinLength", Number(schema.MinLength)),
        ("Pattern", ErrorValue.Json(schema.Pattern)),
        ("MaxItems", Number(schema.MaxItems)),
        ("MinItems", Number(schema.MinItems)),
        ("UniqueItems", Truth(schema.UniqueItems)),
        ("MultipleOf", Number(schema.MultipleOf)),
        ("Enum", schema.Enum.IsAbsent ? Null : "[" + string.Join(',', schema.Enum.Select(Raw)) + "]"),
        ("MaxProperties", Number(schema.MaxProperties)),
        ("MinProperties", Number(schema.MinProperties)),
        ("Required", ErrorValue.Json(schema.Required)),
        ("Items", schema.Items is not { } items ? Null : ErrorValue.Object(
            ("Schema", Render(items.Schema)), ("JSONSchemas", List(items.JsonSchemas)))),
        ("AllOf", List(schema.AllOf)),
        ("OneOf", List(schema.OneOf)),
        ("AnyOf", List(schema.AnyOf)),
        ("Not", Render(schema.Not)),
        ("Properties", Map(schema.Properties)),
        ("AdditionalProperties", Render(schema.AdditionalProperties)),
        ("PatternProperties", Map(schema.PatternProperties)),
        ("Dependencies", schema.Dependencies.IsAbsent ? Null : "{}"),
        ("AdditionalItems", Render(schema.AdditionalItems)),
        ("Definitions", Map(schema.Definitions)),
        ("ExternalDocs", schema.ExternalDocs is not { } docs ? Null : ErrorValue.Object(
            ("Description", ErrorValue.Json(docs.Description)), ("URL", ErrorValue.Json(docs.Url)))),
        ("Example", Raw(schema.Example)),
        ("XPreserveUnknownFields", schema.XKubernetesPreserveUnknownFields is { } preserve ? Truth(preserve) : Null),
        ("XEmbeddedResource", Truth(schema.XKubernetesEmbeddedResource)),
        ("XIntOrString", Truth(schema.XKubernetesIntOrString)),
        ("XListMapKeys", ErrorValue.Json(schema.XKubernetesListMapKeys)),
        ("XListType", ErrorValue.Json(schema.XKubernetesListType)),
        ("XMapType", ErrorValue.Json(schema.XKubernetesMapType)),
        ("XValidations", schema.XKubernetesValidations.IsAbsent
            ? Null
            : "[" + string.Join(',', schema.XKubernetesValidations.Select(Render)) + "]"),
    ]);

    private static string Render(CustomResourceDefinitionVersion version) => ErrorValue.Object(
        ("Name", ErrorValue.Json(version.Name)),
        ("Served", Truth(version.Served)),
        ("Storage", Truth(version.Storage)),
        ("Deprecated", Truth(version.Deprecated)),
        ("DeprecationWarning", ErrorValue.Json(version.DeprecationWarning)),
        ("Schema", version.Schema is not { } schema
            ? Null
            : ErrorValue.Object(("OpenAPIV3Schema", Render(schema.OpenAPIV3Schema)))),
        ("Subresources", version.Subresources is not { } subresources ? Null : ErrorValue.Object(
            ("Status", subresources.Status is null ? Null : "{}"),
            ("Scale", subresources.Scale is not { } scale ? Null : ErrorValue.Object(
                ("SpecReplicasPath", ErrorValue.Json(scale.SpecReplicasPath)),
                ("StatusReplicasPath", ErrorValue.Json(scale.StatusReplicasPath)),
                ("LabelSelectorPath", ErrorValue.Json(scale.LabelSelectorPath)))))),
        ("AdditionalPrinterColumns", ErrorValue.List([.. version.AdditionalPrinterColumns.Select(static one => ErrorValue.Object(
            ("Name", ErrorValue.Json(one.Name)),
            ("Type", ErrorValue.Json(one.Type)),
            ("Format", ErrorValue.Json(one.Format)),
            ("Description", ErrorValue.Json(one.Description)),
            ("Priority", Number(one.Priority)),
            ("JSONPath", ErrorValue.Json(one.JsonPath))))])),
        ("SelectableFields", ErrorValue.List([.. version.SelectableFields.Select(static one =>
            ErrorValue.Object(("JSONPath", ErrorValue.Json(one.JsonPath))))])));

    private static string Render(JSONSchemaPropsOrBool? either) => either is null
        ? Null
        : ErrorValue.Object(("Allows", Truth(either.Allows)), ("Schema", Render(either.Schema)));

    private static string Render(ValidationRule rule) => ErrorValue.Object(
        ("Rule", ErrorValue.Json(rule.Rule)),
        ("Message", ErrorValue.Json(rule.Message)),
        ("MessageExpression", ErrorValue.Json(rule.MessageExpression)),
        ("Reason", ErrorValue.Json(rule.Reason)),
        ("FieldPath", ErrorValue.Json(rule.FieldPath)),
        ("OptionalOldSelf", rule.OptionalOldSelf is { } optional ? Truth(optional) : Null));

    private static string List(ApiList<JSONSchemaProps> schemas) =>
        schemas.IsAbsent ? Null : "[" + string.Join(',', schemas.Select(Render)) + "]";

    private static string Map(ApiMap<JSONSchemaProps> schemas) => schemas.IsAbsent
        ? Null
        : "{" + string.Join(',', schemas.Select(static one => ErrorValue.Json(one.Key) + ":" + Render(one.Value))) + "}";

    private static string Raw(RawJson raw) => raw.IsAbsent ? Null : raw.ToString();

    private static string Number(long? number) => number is { } value ? value.ToString(CultureInfo.InvariantCulture) : Null;

    private static string Number(double? number) => number is { } value ? value.ToString("R", CultureInfo.InvariantCulture) : Null;

    private static string Truth(bool truth) => truth ? "true" : "false";
}
