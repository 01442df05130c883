using System.Security.Cryptography;
using Keelson.Api.Meta.V1;
using Keelson.Client.Wire;
using Keelson.Machinery.Wire;
using Keelson.Server.Storage;

namespace Keelson.Server.Discovery;

/// <summary>A document in its two encodings, each made at first use.</summary>
internal sealed class DiscoveryDocument(Action<JsonBuffer> writeJson, Func<byte[]> makeProto)
{
    /// <summary>The JSON.</summary>
    public byte[] Json => field ??= MakeJson();

    /// <summary>The protobuf envelope.</summary>
    public byte[] Proto => field ??= makeProto();

    /// <summary>The ETag: SHA-512 of the JSON, in capital hex digits and quotes.</summary>
    public string ETag => field ??= "\"" + Convert.ToHexString(SHA512.HashData(Json)) + "\"";

    /// <summary>Core's versions at /api. It says no apiVersion, and neither does core's list of resources.</summary>
    public static DiscoveryDocument Of(APIVersions versions) => new(
        json =>
        {
            json.Open();
            json.Key("kind");
            json.Value("APIVersions");
            json.Key("versions");
            json.Value(versions.Versions);
            json.Key("serverAddressByClientCIDRs");
            json.Value(versions.ServerAddressByClientCIDRs);
            json.Close();
        },
        () => ProtoEnvelope.Write("", "APIVersions", versions.WriteProto));

    /// <summary>The groups.</summary>
    public static DiscoveryDocument Of(APIGroupList groups) =>
        new(groups.WriteJson, () => ProtoEnvelope.Write("v1", "APIGroupList", groups.WriteProto));

    /// <summary>A group.</summary>
    public static DiscoveryDocument Of(APIGroup group) =>
        new(group.WriteJson, () => ProtoEnvelope.Write("v1", "APIGroup", group.WriteProto));

    /// <summary>The resources of a group version.</summary>
    public static DiscoveryDocument Of(APIResourceList resources)
    {
        string apiVersion = resources.GroupVersion.Contains('/', StringComparison.Ordinal) ? "v1" : "";
        return new(
            json =>
            {
                json.Open();
                json.Key("kind");
                json.Value("APIResourceList");
                if (apiVersion.Length > 0)
                {
                    json.Key("apiVersion");
                    json.Value(apiVersion);
                }

                json.Key("groupVersion");
                json.Value(resources.GroupVersion);
                json.Key("resources");
                json.Value(resources.Resources);
                json.Close();
            },
            () => ProtoEnvelope.Write(apiVersion, "APIResourceList", resources.WriteProto));
    }

    private byte[] MakeJson()
    {
        JsonBuffer json = new(16 * 1024);
        writeJson(json);
        return json.ToArray();
    }
}
