using System.Text;
using System.Text.Json.Nodes;
using Keelson.Api.Kinds;
using Keelson.Machinery.Wire;

namespace Keelson.Api.Tests.Wire;

/// <summary>
/// For each pair of files one object with every field set, as upstream writes it in JSON and in protobuf. The envelope
/// is upstream's runtime.Unknown: type (1), message (2), content encoding (3), content type (4).
/// </summary>
public sealed class WireFactsTests
{
    public static TheoryData<string> Facts => new(
        Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "Wire", "Facts"), "*.json").Select(Path.GetFileNameWithoutExtension).Order()!);

    [Theory]
    [MemberData(nameof(Facts))]
    public void Json_becomes_upstreams_protobuf(string name)
    {
        (ApiKind kind, byte[] json, byte[] message) = Load(name);
        DecodeReport report = new();

        // The facts are indented for reading; raw values keep their blanks, which the protobuf beside them does not
        // have.
        IObject obj = kind.DecodeJson(Encoding.UTF8.GetBytes(JsonNode.Parse(json)!.ToJsonString()), report);
        Assert.Empty(report.Findings);
        ProtoBuffer proto = new();
        obj.WriteProto(proto);
        Assert.Equal(Convert.ToHexString(message), Convert.ToHexString(proto.Written));
    }

    [Theory]
    [MemberData(nameof(Facts))]
    public void Protobuf_becomes_upstreams_json(string name)
    {
        (ApiKind kind, byte[] json, byte[] message) = Load(name);
        JsonBuffer written = new();
        kind.DecodeProto(message).WriteJson(written);
        JsonNode actual = JsonNode.Parse(written.Written)!;

        // Where a server stores claim templates it fills in their kind; the facts come from a bare codec, which does
        // not.
        foreach (JsonNode? claim in actual["spec"]?["volumeClaimTemplates"] as JsonArray ?? [])
        {
            claim!.AsObject().Remove("kind");
            claim.AsObject().Remove("apiVersion");
        }

        Assert.Equal(JsonNode.Parse(json)!.ToJsonString(), actual.ToJsonString());
    }

    private static (ApiKind Kind, byte[] Json, byte[] Message) Load(string name)
    {
        string path = Path.Combine(AppContext.BaseDirectory, "Wire", "Facts", name);
        byte[] json = File.ReadAllBytes(path + ".json");
        JsonNode node = JsonNode.Parse(json)!;
        ApiKind kind = ApiKinds.All.Single(one =>
            one.Info.Kind == (string)node["kind"]! && one.Info.ApiVersion == (string)node["apiVersion"]!);
        byte[] envelope = File.ReadAllBytes(path + ".pb");
        Assert.Equal("k8s\0"u8, envelope.AsSpan(0, 4));
        ProtoReader reader = new(envelope.AsSpan(4));
        byte[] message = [];
        while (reader.Next(out int field))
        {
            if (field == 2)
            {
                message = reader.ReadBytes().AsSpan().ToArray();
            }
            else
            {
                reader.Skip();
            }
        }

        return (kind, json, message);
    }
}
