using Keelson.Client.Wire;
using Keelson.Machinery.Wire;
using Keelson.Server.Storage;

namespace Keelson.Server.Discovery;

/// <summary>
/// Writes apidiscovery.k8s.io's APIGroupDiscoveryList: all groups, versions and resources in one document. Versions v2
/// and v2beta1 differ in name only.
/// </summary>
internal static class AggregatedDiscovery
{
    /// <summary>The group of the document.</summary>
    public const string Group = "apidiscovery.k8s.io";

    /// <summary>The kind of the document.</summary>
    public const string Kind = "APIGroupDiscoveryList";

    /// <summary>The document of these groups.</summary>
    public static DiscoveryDocument Write(IEnumerable<DiscoveryGroup> groups, string version)
    {
        DiscoveryGroup[] all = [.. groups];
        string apiVersion = Group + "/" + version;
        return new DiscoveryDocument(
            json => WriteJson(json, apiVersion, all),
            () => ProtoEnvelope.Write(apiVersion, Kind, proto => WriteProto(proto, all)));
    }

    private static void WriteJson(JsonBuffer json, string apiVersion, DiscoveryGroup[] groups)
    {
        json.Open();
        Text(json, "kind", Kind);
        Text(json, "apiVersion", apiVersion);
        json.Key("metadata");
        json.Raw("{}"u8);
        List(json, "items", groups, WriteGroup);
        json.Close();
    }

    private static void WriteGroup(JsonBuffer json, DiscoveryGroup group)
    {
        json.Key("metadata");
        json.Open();
        if (group.Name.Length > 0)
        {
            Text(json, "name", group.Name);
        }

        json.Close();
        List(json, "versions", group.Versions, WriteVersion);
    }

    private static void WriteVersion(JsonBuffer json, DiscoveryVersion version)
    {
        Text(json, "version", version.Version);
        if (version.Resources.Count > 0)
        {
            List(json, "resources", version.Resources, WriteResource);
        }

        Text(json, "freshness", Freshness(version));
    }

    private static void WriteResource(JsonBuffer json, DiscoveryResource resource)
    {
        Text(json, "resource", resource.Name);
        KindOf(json, resource.KindGroup, resource.KindVersion, resource.Kind);
        Text(json, "scope", Scope(resource));
        Text(json, "singularResource", resource.Singular);
        Texts(json, "verbs", resource.Verbs);
        if (resource.ShortNames.Count > 0)
        {
            Texts(json, "shortNames", resource.ShortNames);
        }

        if (resource.Categories.Count > 0)
        {
            Texts(json, "categories", resource.Categories);
        }

        if (resource.Subresources.Count > 0)
        {
            List(json, "subresources", resource.Subresources, WriteSubresource);
        }
    }

    private static void WriteSubresource(JsonBuffer json, DiscoverySubresource sub)
    {
        Text(json, "subresource", sub.Name);
        KindOf(json, sub.Group, sub.Version, sub.Kind);
        Texts(json, "verbs", sub.Verbs);
    }

    private static void KindOf(JsonBuffer json, string group, string version, string kind)
    {
        json.Key("responseKind");
        json.Open();
        Text(json, "group", group);
        Text(json, "version", version);
        Text(json, "kind", kind);
        json.Close();
    }

    private static void Text(JsonBuffer json, string key, string value)
    {
        json.Key(key);
        json.Value(value);
    }

    private static void Texts(JsonBuffer json, string key, IReadOnlyList<string> values)
    {
        json.Key(key);
        json.OpenList();
        foreach (string value in values)
        {
            json.Separate();
            json.Value(value);
        }

        json.CloseList();
    }

    private static void List<T>(JsonBuffer json, string key, IReadOnlyList<T> items, Action<JsonBuffer, T> write)
    {
        json.Key(key);
        json.OpenList();
        foreach (T item in items)
        {
            json.Separate();
            json.Open();
            write(json, item);
            json.Close();
        }

        json.CloseList();
    }

    private static string Freshness(DiscoveryVersion version) => version.IsCurrent ? "Current" : "Stale";

    private static string Scope(DiscoveryResource resource) => resource.Namespaced ? "Namespaced" : "Cluster";

    // Protobuf is written backwards: highest field first, last element first.
    private static void WriteProto(ProtoBuffer proto, DiscoveryGroup[] groups)
    {
        foreach (DiscoveryGroup group in groups.Reverse())
        {
            int mark = proto.Length;
            WriteProto(proto, group);
            proto.Header(2, mark);
        }

        int metadata = proto.Length;
        proto.Field(3, "");
        proto.Field(2, "");
        proto.Field(1, "");
        proto.Header(1, metadata);
    }

    private static void WriteProto(ProtoBuffer proto, DiscoveryGroup group)
    {
        foreach (DiscoveryVersion version in group.Versions.Reverse())
        {
            int mark = proto.Length;
            proto.Field(3, Freshness(version));
            foreach (DiscoveryResource resource in version.Resources.Reverse())
            {
                int inner = proto.Length;
                WriteProto(proto, resource);
                proto.Header(2, inner);
            }

            proto.Field(1, version.Version);
            proto.Header(2, mark);
        }

        int metadata = proto.Length;
        new Api.Meta.V1.ObjectMeta { Name = group.Name }.WriteProto(proto);
        proto.Header(1, metadata);
    }

    private static void WriteProto(ProtoBuffer proto, DiscoveryResource resource)
    {
        foreach (DiscoverySubresource sub in resource.Subresources.Reverse())
        {
            int mark = proto.Length;
            Texts(proto, 4, sub.Verbs);
            KindOf(proto, sub.Group, sub.Version, sub.Kind);
            proto.Field(1, sub.Name);
            proto.Header(8, mark);
        }

        Texts(proto, 7, resource.Categories);
        Texts(proto, 6, resource.ShortNames);
        Texts(proto, 5, resource.Verbs);
        proto.Field(4, resource.Singular);
        proto.Field(3, Scope(resource));
        KindOf(proto, resource.KindGroup, resource.KindVersion, resource.Kind);
        proto.Field(1, resource.Name);
    }

    private static void KindOf(ProtoBuffer proto, string group, string version, string kind)
    {
        int mark = proto.Length;
        proto.Field(3, kind);
        proto.Field(2, version);
        proto.Field(1, group);
        proto.Header(2, mark);
    }

    private static void Texts(ProtoBuffer proto, int field, IReadOnlyList<string> values)
    {
        for (int i = values.Count - 1; i >= 0; i--)
        {
            proto.Field(field, values[i]);
        }
    }
}
