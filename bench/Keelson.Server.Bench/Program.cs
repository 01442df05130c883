using System.Globalization;
using Keelson.Server.Bench;

// Loads a running API server over HTTPS and says what that cost the server, read off /proc: processor time and memory.
//
//   Keelson.Server.Bench SERVER DATA-DIRECTORY PID COMMAND [NUMBER]
//
// The data directory is that of `keelson up`: its pki folder has the administrator's certificate.
if (args is ["compare", ..])
{
    return await Comparison.RunAsync(args[1..]);
}

if (args is ["node", ..])
{
    return await NodeRun.RunAsync(args[1..]);
}

if (args is ["dns", ..])
{
    return DnsLoad.Run(args[1..]);
}

if (args.Length < 4)
{
    Console.Error.WriteLine("usage: Keelson.Server.Bench SERVER DATA-DIRECTORY PID COMMAND [NUMBER]");
    Console.Error.WriteLine("   or: Keelson.Server.Bench compare KUBECONFIG [PID,PID] [KUBECONFIG [PID,PID]]");
    Console.Error.WriteLine("   or: Keelson.Server.Bench node KUBECONFIG NAME=PID[,NAME=PID] IMAGE [ROUNDS]");
    Console.Error.WriteLine("   or: Keelson.Server.Bench dns ADDRESS:PORT NAME [COUNT]");
    Console.Error.WriteLine("  fill COUNT        creates pods until there are COUNT");
    Console.Error.WriteLine("  lists ROUNDS      lists all pods in every form, one after the other");
    Console.Error.WriteLine("  parallel COUNT    lists all pods COUNT times at once");
    Console.Error.WriteLine("  watches COUNT     opens COUNT idle watches on few connections, then COUNT on one each");
    Console.Error.WriteLine("  churn SECONDS     creates, patches and deletes pods");
    Console.Error.WriteLine("  hold COUNT        runs COUNT pods on simulated nodes, tells what calls take meanwhile");
    Console.Error.WriteLine("  idle SECONDS      watches the memory while nothing happens");
    return 2;
}

using BenchTarget target =
    BenchTarget.OfDataDirectory(args[0], args[1], int.Parse(args[2], CultureInfo.InvariantCulture));
int number = args.Length > 4 ? int.Parse(args[4], CultureInfo.InvariantCulture) : 0;
switch (args[3])
{
    case "fill":
        await new PodLoad(target).FillAsync(number);
        return 0;
    case "lists":
        await new ListLoad(target).EveryFormAsync(number);
        return 0;
    case "parallel":
        await new ListLoad(target).ParallelAsync(number);
        return 0;
    case "watches":
        await WatchLoad.RunAsync(target, number);
        return 0;
    case "churn":
        await new PodLoad(target).ChurnAsync(TimeSpan.FromSeconds(number));
        return 0;
    case "hold":
        await new HoldLoad(target, number).RunAsync();
        return 0;
    case "idle":
        await target.IdleAsync(TimeSpan.FromSeconds(number));
        return 0;
    default:
        Console.Error.WriteLine($"there is no command {args[3]}");
        return 2;
}
