using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Wire;

namespace Keelson.Api.Kinds;

/// <summary>
/// A value as it stands in upstream's error texts. Upstream validates types of its own, without a version, and prints
/// them as JSON without field tags: fields carry their Go names, nothing is left out, and a few stand elsewhere than on
/// the wire. Only error texts need this, so it goes the slow way: over the wire JSON and the schema.
/// </summary>
internal static class UnversionedText
{
    /// <summary>Types that print as on the wire: label selectors, times, object metadata.</summary>
    private const string MetaPrefix = "io.k8s.apimachinery.";

    /// <summary>Go names that are not the JSON name with a capital letter.</summary>
    private static readonly Dictionary<string, string> GoNames = new(StringComparer.Ordinal)
    {
        ["apiGroup"] = "APIGroup",
        ["apiVersion"] = "APIVersion",
        ["awsElasticBlockStore"] = "AWSElasticBlockStore",
        ["cephfs"] = "CephFS",
        ["chapAuthDiscovery"] = "DiscoveryCHAPAuth",
        ["chapAuthSession"] = "SessionCHAPAuth",
        ["csi"] = "CSI",
        ["diskURI"] = "DataDiskURI",
        ["dnsConfig"] = "DNSConfig",
        ["dnsPolicy"] = "DNSPolicy",
        ["endpoints"] = "EndpointsName",
        ["fc"] = "FC",
        ["fsGroup"] = "FSGroup",
        ["fsGroupChangePolicy"] = "FSGroupChangePolicy",
        ["fsType"] = "FSType",
        ["gcePersistentDisk"] = "GCEPersistentDisk",
        ["gmsaCredentialSpec"] = "GMSACredentialSpec",
        ["gmsaCredentialSpecName"] = "GMSACredentialSpecName",
        ["grpc"] = "GRPC",
        ["httpGet"] = "HTTPGet",
        ["httpHeaders"] = "HTTPHeaders",
        ["ip"] = "IP",
        ["iqn"] = "IQN",
        ["iscsi"] = "ISCSI",
        ["iscsiInterface"] = "ISCSIInterface",
        ["nfs"] = "NFS",
        ["os"] = "OS",
        ["pdName"] = "PDName",
        ["rbd"] = "RBD",
        ["seLinuxChangePolicy"] = "SELinuxChangePolicy",
        ["seLinuxOptions"] = "SELinuxOptions",
        ["sslEnabled"] = "SSLEnabled",
        ["storageos"] = "StorageOS",
        ["tcpSocket"] = "TCPSocket",
        ["ttlSecondsAfterFinished"] = "TTLSecondsAfterFinished",
        ["tty"] = "TTY",
        ["wwids"] = "WWIDs",
    };

    /// <summary>
    /// Types whose fields stand in another order than on the wire. The host namespaces belong to the security context
    /// here.
    /// </summary>
    private static readonly Dictionary<string, string[]> Orders = new(StringComparer.Ordinal)
    {
        ["io.k8s.api.core.v1.PodSpec"] =
        [
            "volumes", "initContainers", "containers", "ephemeralContainers", "restartPolicy",
            "terminationGracePeriodSeconds", "activeDeadlineSeconds", "dnsPolicy", "nodeSelector", "serviceAccountName",
            "automountServiceAccountToken", "nodeName", "securityContext", "imagePullSecrets", "hostname", "subdomain",
            "setHostnameAsFQDN", "affinity", "schedulerName", "tolerations", "hostAliases", "priorityClassName",
            "priority", "preemptionPolicy", "dnsConfig", "readinessGates", "runtimeClassName", "overhead",
            "enableServiceLinks", "topologySpreadConstraints", "os", "schedulingGates", "resourceClaims", "resources",
            "hostnameOverride", "schedulingGroup",
        ],
        ["io.k8s.api.core.v1.PodSecurityContext"] =
        [
            "seLinuxOptions", "windowsOptions", "runAsUser", "runAsGroup", "runAsNonRoot", "supplementalGroups",
            "supplementalGroupsPolicy",
            "fsGroup",
            "fsGroupChangePolicy",
            "sysctls",
            "seccompProfile",
            "appArmorProfile",
            "seLinuxChangePolicy",
        ],
    };

    private static readonly string[] HostFields =
        ["hostNetwork", "hostPID", "hostIPC", "shareProcessNamespace", "hostUsers"];

    private static readonly JsonWriterOptions Writing = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };

    /// <summary>The text of a value.</summary>
    public static string Of<T>(T? value, TypeSchema schema)
        where T : class, IWireValue<T>
    {
        if (value is null)
        {
            return "null";
        }

        JsonBuffer wire = new();
        value.WriteJson(wire);
        using JsonDocument document = JsonDocument.Parse(wire.WrittenMemory);
        ArrayBufferWriter<byte> text = new();
        using (Utf8JsonWriter json = new(text, Writing))
        {
            WriteValue(json, schema, document.RootElement, isNullable: false);
        }

        return Encoding.UTF8.GetString(text.WrittenSpan);
    }

    /// <summary>
    /// The wire JSON of a value, for what upstream validates in its wire form: label selectors, lists of texts.
    /// </summary>
    public static string Wire<T>(T? value)
        where T : class, IWireValue<T>
    {
        if (value is null)
        {
            return "null";
        }

        JsonBuffer json = new();
        value.WriteJson(json);
        return Encoding.UTF8.GetString(json.Written);
    }

    /// <summary>The wire JSON of a map of texts; null when absent.</summary>
    public static string Wire(Machinery.Values.ApiMap<string> map)
    {
        JsonBuffer json = new();
        json.Value(map);
        return Encoding.UTF8.GetString(json.Written);
    }

    private static void WriteValue(Utf8JsonWriter json, TypeSchema schema, JsonElement? value, bool isNullable)
    {
        bool absent = value is null || value.Value.ValueKind == JsonValueKind.Null;
        if (schema.Name.StartsWith(MetaPrefix, StringComparison.Ordinal) || (absent && isNullable))
        {
            WriteWire(json, schema, absent ? null : value, isNullable);
            return;
        }

        switch (schema.Type)
        {
            case SchemaType.Object:
                json.WriteStartObject();
                WriteFields(json, schema, absent ? null : value, host: null);
                json.WriteEndObject();
                break;
            case SchemaType.List when !absent:
                json.WriteStartArray();
                foreach (JsonElement element in value!.Value.EnumerateArray())
                {
                    WriteValue(json, schema.Element!, element, isNullable: false);
                }

                json.WriteEndArray();
                break;
            case SchemaType.Map when !absent:
                json.WriteStartObject();
                foreach (JsonProperty entry in value!.Value.EnumerateObject())
                {
                    json.WritePropertyName(entry.Name);
                    WriteValue(json, schema.Element!, entry.Value, isNullable: false);
                }

                json.WriteEndObject();
                break;
            default:
                WriteWire(json, schema, absent ? null : value, isNullable);
                break;
        }
    }

    /// <param name="json">Where to.</param>
    /// <param name="schema">The object's type.</param>
    /// <param name="value">The object; null for one with nothing set.</param>
    /// <param name="host">The pod spec whose host fields this object carries.</param>
    private static void WriteFields(Utf8JsonWriter json, TypeSchema schema, JsonElement? value, JsonElement? host)
    {
        IEnumerable<FieldSchema> fields = Orders.TryGetValue(schema.Name, out string[]? order)
            ? order.Select(schema.Field).OfType<FieldSchema>()
            : schema.Fields.Where(static field => field.Name is not ("kind" or "apiVersion") || field.IsRequired);
        foreach (FieldSchema field in fields)
        {
            JsonElement? child = Child(value, field.Name);
            if (field.Name == "metadata")
            {
                WriteEmbedded(json, child);
                continue;
            }

            json.WritePropertyName(
                GoNames.GetValueOrDefault(field.Name) ?? char.ToUpperInvariant(field.Name[0]) + field.Name[1..]);
            if (schema.Name == "io.k8s.api.core.v1.PodSpec" && field.Name == "securityContext")
            {
                WriteSecurityContext(json, schema, field.Type, child, value);
                continue;
            }

            WriteValue(json, field.Type, child, field.IsNullable);
        }
    }

    private static void WriteSecurityContext(
        Utf8JsonWriter json, TypeSchema podSpec, TypeSchema context, JsonElement? value, JsonElement? spec)
    {
        bool usesHost = HostFields.Any(name => Child(spec, name) is not null);
        if (value is null && !usesHost)
        {
            json.WriteNullValue();
            return;
        }

        json.WriteStartObject();
        foreach (string name in HostFields)
        {
            json.WritePropertyName(char.ToUpperInvariant(name[0]) + name[1..]);
            WriteValue(json, podSpec.Field(name)!.Type, Child(spec, name), podSpec.Field(name)!.IsNullable);
        }

        WriteFields(json, context, value, spec);
        json.WriteEndObject();
    }

    /// <summary>Object metadata is embedded: its fields stand beside the others, as on the wire.</summary>
    private static void WriteEmbedded(Utf8JsonWriter json, JsonElement? metadata)
    {
        if (metadata is { ValueKind: JsonValueKind.Object } present)
        {
            foreach (JsonProperty property in present.EnumerateObject())
            {
                property.WriteTo(json);
            }
        }
    }

    private static void WriteWire(Utf8JsonWriter json, TypeSchema schema, JsonElement? value, bool isNullable)
    {
        if (value is { } present)
        {
            present.WriteTo(json);
            return;
        }

        if (isNullable)
        {
            json.WriteNullValue();
            return;
        }

        switch (schema.Type)
        {
            case SchemaType.String when schema.Format.Length == 0:
                json.WriteStringValue("");
                break;
            case SchemaType.Quantity:
                json.WriteStringValue("0");
                break;
            case SchemaType.Integer or SchemaType.Number or SchemaType.IntOrString:
                json.WriteNumberValue(0);
                break;
            case SchemaType.Boolean:
                json.WriteBooleanValue(false);
                break;
            default:
                json.WriteNullValue();
                break;
        }
    }

    private static JsonElement? Child(JsonElement? value, string name) =>
        value is { ValueKind: JsonValueKind.Object } present && present.TryGetProperty(name, out JsonElement child)
            ? child
            : null;
}
