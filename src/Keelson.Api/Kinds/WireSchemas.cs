using Keelson.Machinery.Schema;

namespace Keelson.Api.Kinds;

/// <summary>The schemas of what is no record: scalars, and upstream's types with a form of their own.</summary>
public static class WireSchemas
{
    private const string Meta = "io.k8s.apimachinery.pkg.apis.meta.v1.";

    /// <summary>A text.</summary>
    public static TypeSchema String { get; } = TypeSchema.Scalar(SchemaType.String);

    /// <summary>True or false.</summary>
    public static TypeSchema Bool { get; } = TypeSchema.Scalar(SchemaType.Boolean);

    /// <summary>A 32-bit number.</summary>
    public static TypeSchema Int32 { get; } = TypeSchema.Scalar(SchemaType.Integer, "int32");

    /// <summary>A 64-bit number.</summary>
    public static TypeSchema Int64 { get; } = TypeSchema.Scalar(SchemaType.Integer, "int64");

    /// <summary>A floating point number.</summary>
    public static TypeSchema Double { get; } = TypeSchema.Scalar(SchemaType.Number, "double");

    /// <summary>Base64 bytes.</summary>
    public static TypeSchema Bytes { get; } = TypeSchema.Scalar(SchemaType.String, "byte");

    /// <summary>metav1.Time.</summary>
    public static TypeSchema Time { get; } = TypeSchema.Scalar(SchemaType.String, "date-time", Meta + "Time", "A point in time in RFC 3339, whole seconds, UTC.");

    /// <summary>metav1.MicroTime.</summary>
    public static TypeSchema MicroTime { get; } = TypeSchema.Scalar(SchemaType.String, "date-time", Meta + "MicroTime", "A point in time in RFC 3339 with microseconds, UTC.");

    /// <summary>resource.Quantity.</summary>
    public static TypeSchema Quantity { get; } = TypeSchema.Scalar(SchemaType.Quantity, "", "io.k8s.apimachinery.pkg.api.resource.Quantity", "An exact amount with an optional suffix: 100m, 1.5Gi, 2e3. Suffixes are powers of 1000 (n, u, m, k, M, G, T, P, E), powers of 1024 (Ki, Mi, Gi, Ti, Pi, Ei) or decimal exponents.");

    /// <summary>intstr.IntOrString.</summary>
    public static TypeSchema IntOrString { get; } = TypeSchema.Scalar(SchemaType.IntOrString, "int-or-string", "io.k8s.apimachinery.pkg.util.intstr.IntOrString", "A number, or a text such as a port's name or a percentage.");

    /// <summary>runtime.RawExtension.</summary>
    public static TypeSchema RawExtension { get; } = TypeSchema.Scalar(SchemaType.Any, "", "io.k8s.apimachinery.pkg.runtime.RawExtension", "An object of any kind, kept as it came.", isAtomic: true);

    /// <summary>metav1.FieldsV1.</summary>
    public static TypeSchema FieldsV1 { get; } = TypeSchema.Scalar(SchemaType.Any, "", Meta + "FieldsV1", "A set of fields as a tree: f:name for a field, k:{...} for a list entry with these keys, v:value for a set's element, i:n for a list's element, and a dot for the parent itself.");

    /// <summary>apiextensions' JSON.</summary>
    public static TypeSchema Json { get; } = TypeSchema.Scalar(SchemaType.Any, "", "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSON", "Any JSON value.");

    /// <summary>The field that names the kind.</summary>
    public static FieldSchema KindField { get; } = new("kind", String)
    {
        Description = "The object's kind in CamelCase, as the endpoint it is sent to expects it. Servers may infer it; it can't be changed.",
    };

    /// <summary>The field that names the version.</summary>
    public static FieldSchema ApiVersionField { get; } = new("apiVersion", String)
    {
        Description = "The group and version that the object is written in, such as v1 or apps/v1. Servers convert to the version they store and refuse ones they don't know.",
    };
}
