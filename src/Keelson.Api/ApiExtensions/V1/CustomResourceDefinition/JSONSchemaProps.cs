using Keelson.Api.Kinds;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.ApiExtensions.V1;

/// <summary>JSON schema in the form used by OpenAPI, with Kubernetes extensions.</summary>
[ApiType("io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaProps")]
public sealed partial record JSONSchemaProps
{
    /// <summary>Identifier of the schema; not allowed in definitions.</summary>
    [Field(1)]
    public partial string Id { get; init; }

    /// <summary>Dialect of the schema.</summary>
    [Field(2, Json = "$schema", GoType = "v1.JSONSchemaURL")]
    public partial string Schema { get; init; }

    /// <summary>Reference to another schema; not allowed in definitions.</summary>
    [Field(3, Json = "$ref")]
    public partial string? Ref { get; init; }

    /// <summary>Explanation shown by kubectl explain.</summary>
    [Field(4)]
    public partial string Description { get; init; }

    /// <summary>JSON type: object, array, string, integer, number or boolean.</summary>
    [Field(5)]
    public partial string Type { get; init; }

    /// <summary>
    /// Refinement of the type, such as date-time, int64, byte, ipv4, uuid or duration. Unknown formats are ignored.
    /// </summary>
    [Field(6)]
    public partial string Format { get; init; }

    /// <summary>Title of the schema.</summary>
    [Field(7)]
    public partial string Title { get; init; }

    /// <summary>Value filled in when the field is missing; requires a structural schema.</summary>
    [Field(8)]
    public partial RawJson Default { get; init; }

    /// <summary>Largest number allowed.</summary>
    [Field(9)]
    public partial double? Maximum { get; init; }

    /// <summary>Whether maximum itself is excluded.</summary>
    [Field(10)]
    public partial bool ExclusiveMaximum { get; init; }

    /// <summary>Smallest number allowed.</summary>
    [Field(11)]
    public partial double? Minimum { get; init; }

    /// <summary>Whether minimum itself is excluded.</summary>
    [Field(12)]
    public partial bool ExclusiveMinimum { get; init; }

    /// <summary>Greatest length of a string, in characters.</summary>
    [Field(13)]
    public partial long? MaxLength { get; init; }

    /// <summary>Least length of a string, in characters.</summary>
    [Field(14)]
    public partial long? MinLength { get; init; }

    /// <summary>Regular expression a string must match somewhere.</summary>
    [Field(15)]
    public partial string Pattern { get; init; }

    /// <summary>Most items in an array.</summary>
    [Field(16)]
    public partial long? MaxItems { get; init; }

    /// <summary>Fewest items in an array.</summary>
    [Field(17)]
    public partial long? MinItems { get; init; }

    /// <summary>
    /// Whether items must differ; may not be true in definitions, use x-kubernetes-list-type set.
    /// </summary>
    [Field(18)]
    public partial bool UniqueItems { get; init; }

    /// <summary>Number of which the value must be a multiple.</summary>
    [Field(19)]
    public partial double? MultipleOf { get; init; }

    /// <summary>Values allowed.</summary>
    [Field(20, List = ListType.Atomic)]
    public partial ApiList<RawJson> Enum { get; init; }

    /// <summary>Most properties of an object.</summary>
    [Field(21)]
    public partial long? MaxProperties { get; init; }

    /// <summary>Fewest properties of an object.</summary>
    [Field(22)]
    public partial long? MinProperties { get; init; }

    /// <summary>Properties that must be present.</summary>
    [Field(23, List = ListType.Atomic)]
    public partial ApiList<string> Required { get; init; }

    /// <summary>Schema of the items of an array.</summary>
    [Field(24)]
    public partial JSONSchemaPropsOrArray? Items { get; init; }

    /// <summary>Schemas that must all hold.</summary>
    [Field(25, List = ListType.Atomic)]
    public partial ApiList<JSONSchemaProps> AllOf { get; init; }

    /// <summary>Schemas of which exactly one must hold.</summary>
    [Field(26, List = ListType.Atomic)]
    public partial ApiList<JSONSchemaProps> OneOf { get; init; }

    /// <summary>Schemas of which at least one must hold.</summary>
    [Field(27, List = ListType.Atomic)]
    public partial ApiList<JSONSchemaProps> AnyOf { get; init; }

    /// <summary>Schema that must not hold.</summary>
    [Field(28)]
    public partial JSONSchemaProps? Not { get; init; }

    /// <summary>Schemas of the properties, by name.</summary>
    [Field(29)]
    public partial ApiMap<JSONSchemaProps> Properties { get; init; }

    /// <summary>Schema of properties not listed, as in a map. Excludes properties.</summary>
    [Field(30)]
    public partial JSONSchemaPropsOrBool? AdditionalProperties { get; init; }

    /// <summary>Schemas of properties by pattern of the name; not allowed in definitions.</summary>
    [Field(31)]
    public partial ApiMap<JSONSchemaProps> PatternProperties { get; init; }

    /// <summary>Properties that require others; not allowed in definitions.</summary>
    [Field(32)]
    public partial ApiMap<JSONSchemaPropsOrStringArray> Dependencies { get; init; }

    /// <summary>Schema of items beyond those listed; not allowed in definitions.</summary>
    [Field(33)]
    public partial JSONSchemaPropsOrBool? AdditionalItems { get; init; }

    /// <summary>Schemas for reuse; not allowed in definitions of custom resources.</summary>
    [Field(34)]
    public partial ApiMap<JSONSchemaProps> Definitions { get; init; }

    /// <summary>Link to further documentation.</summary>
    [Field(35)]
    public partial ExternalDocumentation? ExternalDocs { get; init; }

    /// <summary>Example of a value.</summary>
    [Field(36)]
    public partial RawJson Example { get; init; }

    /// <summary>Whether null is allowed.</summary>
    [Field(37)]
    public partial bool Nullable { get; init; }

    /// <summary>
    /// If true, fields the schema does not list are kept from here on down instead of being pruned. Only true is
    /// allowed.
    /// </summary>
    [Field(38, Json = "x-kubernetes-preserve-unknown-fields")]
    public partial bool? XKubernetesPreserveUnknownFields { get; init; }

    /// <summary>
    /// Whether the value is a complete Kubernetes object with apiVersion, kind and metadata, which are then
    /// validated.
    /// </summary>
    [Field(39, Json = "x-kubernetes-embedded-resource")]
    public partial bool XKubernetesEmbeddedResource { get; init; }

    /// <summary>Whether the value may be an integer or a string; type must then be absent.</summary>
    [Field(40, Json = "x-kubernetes-int-or-string")]
    public partial bool XKubernetesIntOrString { get; init; }

    /// <summary>
    /// Fields that together identify an item, for lists of type map. They must be scalar, and required or with a
    /// default.
    /// </summary>
    [Field(41, Json = "x-kubernetes-list-map-keys", List = ListType.Atomic)]
    public partial ApiList<string> XKubernetesListMapKeys { get; init; }

    /// <summary>
    /// How a list is merged: atomic as a whole, set of distinct scalars, or map by key. Defaults to atomic.
    /// </summary>
    [Field(42, Json = "x-kubernetes-list-type")]
    public partial string? XKubernetesListType { get; init; }

    /// <summary>How an object is merged: granular by field or atomic as a whole. Defaults to granular.</summary>
    [Field(43, Json = "x-kubernetes-map-type")]
    public partial string? XKubernetesMapType { get; init; }

    /// <summary>Rules in CEL the value must obey.</summary>
    [Field(
        44,
        Json = "x-kubernetes-validations",
        List = ListType.Map,
        Keys = "rule",
        PatchStrategy = "merge",
        MergeKey = "rule")]
    public partial ApiList<ValidationRule> XKubernetesValidations { get; init; }
}
