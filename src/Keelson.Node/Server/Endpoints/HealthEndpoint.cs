using System.Text;

namespace Keelson.Nodes.Server.Endpoints;

/// <summary><c>/healthz</c>: the checks <c>ping</c>, <c>log</c> and <c>syncloop</c>, together or one by one.</summary>
internal static class HealthEndpoint
{
    private static readonly (string Name, Func<KubeletCall, bool> IsGood)[] Checks =
    [
        ("ping", static _ => true),
        ("log", static _ => true),
        ("syncloop", static call => call.Node.SyncLoopIsHealthy()),
    ];

    public static Task ServeAsync(KubeletCall call)
    {
        if (call.Path is ["healthz"] or ["healthz", ""])
        {
            return AllAsync(call);
        }

        string name = string.Join('/', call.Path[1..]);
        foreach ((string check, Func<KubeletCall, bool> isGood) in Checks)
        {
            if (check == name)
            {
                return isGood(call)
                    ? call.TextAsync("ok")
                    : call.TextAsync("internal server error: sync Loop took longer than expected\n", 500);
            }
        }

        return call.TextAsync("404: Page Not Found", 404);
    }

    private static Task AllAsync(KubeletCall call)
    {
        string[] excluded = [.. call.Http.Request.Query["exclude"].OfType<string>()];
        StringBuilder text = new();
        bool isGood = true;
        foreach ((string name, Func<KubeletCall, bool> check) in Checks)
        {
            bool counts = !excluded.Contains(name);
            bool passed = !counts || check(call);
            isGood &= passed;
            text.Append(passed ? "[+]" : "[-]").Append(name)
                .Append(!counts ? " excluded: ok\n" : passed ? " ok\n" : " failed: reason withheld\n");
        }

        if (!isGood)
        {
            return call.TextAsync(text + "healthz check failed\n", 500);
        }

        bool isVerbose = call.Http.Request.Query.ContainsKey("verbose");
        return call.TextAsync(isVerbose ? text + "healthz check passed\n" : "ok");
    }
}
