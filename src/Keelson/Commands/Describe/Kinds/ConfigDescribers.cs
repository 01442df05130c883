using System.Text;
using Keelson.Clusters;
using Keelson.Machinery.Trees;

namespace Keelson.Commands.Describe.Kinds;

/// <summary>Config maps, secrets, service accounts, priority and storage classes.</summary>
internal static class ConfigDescribers
{
    public static async Task ConfigMapAsync(ObjectTree map, Description text, DescribeContext context)
    {
        text.Names(map);
        text.Notes(map);
        text.Write(0, "\nData\n====\n");
        foreach ((string key, string value) in map.Pairs("data"))
        {
            text.Write(0, $"{key}:\n----\n");
            text.Write(0, value + "\n\n");
        }

        text.Write(0, "\nBinaryData\n====\n");
        foreach ((string key, string value) in map.Pairs("binaryData"))
        {
            text.Write(0, $"{key}: {SizeOf(value)} bytes\n");
        }

        text.Write(0, "\n");
        await text.EventsAsync(map, context);
    }

    public static Task SecretAsync(ObjectTree secret, Description text, DescribeContext context)
    {
        text.Names(secret);
        text.Notes(secret);
        text.Write(0, $"\nType:\t{secret.TextAt("type")}\n");
        text.Write(0, "\nData\n====\n");
        bool isToken = secret.TextAt("type") == "kubernetes.io/service-account-token";
        foreach ((string key, string value) in secret.Pairs("data"))
        {
            text.Write(0, isToken && key == "token"
                ? $"{key}:\t{Encoding.UTF8.GetString(Convert.FromBase64String(value))}\n"
                : $"{key}:\t{SizeOf(value)} bytes\n");
        }

        return Task.CompletedTask;
    }

    public static async Task ServiceAccountAsync(ObjectTree account, Description text, DescribeContext context)
    {
        text.Names(account);
        text.Notes(account);
        IReadOnlyList<ObjectTree> all = await context.ListAsync($"/api/v1/namespaces/{account.Namespace()}/secrets");
        HashSet<string> existing = [.. all.Select(one => one.Name())];
        string uid = account.TextAt("metadata", "uid");
        List<string> tokens =
        [
            .. all.Where(one => one.TextAt("type") == "kubernetes.io/service-account-token"
                    && one.TextAt("metadata", "annotations", "kubernetes.io/service-account.name") == account.Name()
                    && one.TextAt("metadata", "annotations", "kubernetes.io/service-account.uid") == uid)
                .Select(one => one.Name()),
        ];
        WriteNames("Image pull secrets", account.Objects("imagePullSecrets").Select(one => one.TextAt("name")));
        WriteNames("Mountable secrets", account.Objects("secrets").Select(one => one.TextAt("name")));
        WriteNames("Tokens", tokens);
        await text.EventsAsync(account, context);

        void WriteNames(string title, IEnumerable<string> names) => text.Lines(
            title, [.. names.Select(name => existing.Contains(name) ? name : name + " (not found)")]);
    }

    public static async Task PriorityClassAsync(ObjectTree one, Description text, DescribeContext context)
    {
        text.Line($"Name:\t{one.Name()}");
        text.Line($"Value:\t{one.Scalar("value")}");
        text.Line($"GlobalDefault:\t{(one.Truth("globalDefault") ? "true" : "false")}");
        text.Line($"PreemptionPolicy:\t{one.TextAt("preemptionPolicy")}");
        text.Line($"Description:\t{one.TextAt("description")}");
        text.Line($"Annotations:\t{DescriptionParts.LabelText(one.Pairs("metadata", "annotations"))}");
        await text.EventsAsync(one, context);
    }

    private static int SizeOf(string base64) => Convert.FromBase64String(base64).Length;
}
